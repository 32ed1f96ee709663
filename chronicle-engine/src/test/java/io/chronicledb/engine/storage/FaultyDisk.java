package io.chronicledb.engine.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/**
 * A simulated disk that does what a real one may do at the worst moment. Written bytes survive {@link #kill()} as they would in the page
 * cache, and {@link #losePower} only if they were synced; a created, renamed or deleted name survives only if its directory was synced.
 *
 * <p>Calls are counted, and any of them can be made to fail, or to be the last one before a crash. All choices come from the seed.
 * Thread-safe.
 */
public final class FaultyDisk implements Disk {

  /** What a power cut leaves of bytes and names that were not synced. */
  public enum Keep {
    NONE,
    ALL,
    /** Of each file, and of the names, the first few changes. */
    PREFIX,
    /** Any 512-byte sectors and any names. */
    SECTORS
  }

  /** How a call fails. */
  public enum Fault {
    IO_ERROR,
    NO_SPACE,
    /** A write leaves half of its bytes and then fails; other calls fail plainly. */
    SHORT_WRITE,
    /** The machine, or the process, ends within this call. */
    CRASH
  }

  /** The calls that are told apart. */
  public enum Call {
    CREATE,
    OPEN,
    READ,
    WRITE,
    SYNC,
    SIZE,
    TRUNCATE,
    LIST,
    DELETE,
    RENAME,
    CREATE_DIRECTORIES,
    SYNC_DIRECTORY,
    LOCK
  }

  /** A rule of durability that the disk quietly breaks, to prove that a test would notice. */
  public enum Sabotage {
    SKIP_WAL_SYNC,
    SKIP_DATA_SYNC,
    SKIP_DIRECTORY_SYNC,
    /** Now and then a write leaves half of its bytes and reports success. */
    IGNORE_SHORT_WRITE,
    /** Now and then a sync drops what it should have kept, and reports success. */
    HIDE_SYNC_ERROR,
    /** A segment of the log opens one byte short, so its last record is not replayed. */
    CUT_LOG_TAIL
  }

  private static final int SECTOR = 512;

  private final Random random;
  private final Set<Sabotage> sabotages = EnumSet.noneOf(Sabotage.class);
  private final Map<Path, Inode> names = new HashMap<>();
  private final Map<Path, Inode> durableNames = new HashMap<>();
  private final List<NameChange> nameChanges = new ArrayList<>();
  private HeldLocks locks = new HeldLocks();
  private final List<Trigger> triggers = new ArrayList<>();

  private final Map<Call, Long> callsByKind = new EnumMap<>(Call.class);
  private long calls;
  /** Handles and locks of an earlier epoch belong to a process that is gone. */
  private int epoch;

  private boolean down;
  private boolean full;

  public FaultyDisk() {
    this(0);
  }

  public FaultyDisk(long seed) {
    this.random = new Random(seed);
  }

  /** A name that appears, disappears (inode null), or moves. */
  private record NameChange(Path name, Inode inode, Path movedFrom) {}

  private record Trigger(long first, long last, Call call, String nameEnd, Fault fault) {
    boolean hits(long number, Call made, Path path) {
      return number >= first
          && number <= last
          && (call == null || call == made)
          && path.toString().endsWith(nameEnd);
    }
  }

  /** How many calls were made so far. */
  public synchronized long calls() {
    return calls;
  }

  /** How many calls of one kind were made so far. */
  public synchronized long calls(Call call) {
    return callsByKind.getOrDefault(call, 0L);
  }

  /** Fails one call: the {@code k}-th from now, counted from 1. */
  public synchronized FaultyDisk failCall(long k, Fault fault) {
    triggers.add(new Trigger(calls + k, calls + k, null, "", fault));
    return this;
  }

  /** Fails every call from the {@code k}-th from now until {@link #heal()}. */
  public synchronized FaultyDisk failCallsFrom(long k, Fault fault) {
    triggers.add(new Trigger(calls + k, Long.MAX_VALUE, null, "", fault));
    return this;
  }

  /** Fails every call of one kind on paths that end so, until {@link #heal()}. */
  public synchronized FaultyDisk fail(Call call, String nameEnd, Fault fault) {
    triggers.add(new Trigger(0, Long.MAX_VALUE, call, nameEnd, fault));
    return this;
  }

  /** Forgets all faults that were asked for; sabotage stays. */
  public synchronized FaultyDisk heal() {
    triggers.clear();
    return this;
  }

  /** From now on no file can grow; what it has can be written again. */
  public synchronized FaultyDisk full(boolean isFull) {
    full = isFull;
    return this;
  }

  public synchronized FaultyDisk sabotage(Sabotage rule) {
    sabotages.add(rule);
    return this;
  }

  /** Whether a {@link Fault#CRASH} happened and neither {@link #kill} nor {@link #losePower} was called since. */
  public synchronized boolean isDown() {
    return down;
  }

  /** The process ends: what was written stays, open files and locks go. */
  public synchronized void kill() {
    epoch++;
    down = false;
    triggers.clear();
    locks = new HeldLocks();
  }

  /** The machine loses power and keeps nothing that was not synced. */
  public void losePower() {
    losePower(Keep.NONE);
  }

  /** The machine loses power; nothing that was synced is lost. */
  public synchronized void losePower(Keep keep) {
    kill();
    var inodes = new HashSet<Inode>(names.values());
    inodes.addAll(durableNames.values());
    nameChanges.stream().map(NameChange::inode).filter(Objects::nonNull).forEach(inodes::add);
    for (Inode inode : inodes) {
      inode.losePower(keep);
    }
    int prefix = keep == Keep.ALL
        ? nameChanges.size()
        : keep == Keep.PREFIX ? random.nextInt(nameChanges.size() + 1) : 0;
    names.clear();
    names.putAll(durableNames);
    for (int i = 0; i < nameChanges.size(); i++) {
      if (keep == Keep.SECTORS ? random.nextBoolean() : i < prefix) {
        apply(nameChanges.get(i), names);
      }
    }
    nameChanges.clear();
    durableNames.clear();
    durableNames.putAll(names);
  }

  private static void apply(NameChange change, Map<Path, Inode> to) {
    if (change.movedFrom != null) {
      to.remove(change.movedFrom);
    }
    if (change.inode == null) {
      to.remove(change.name);
    } else {
      to.put(change.name, change.inode);
    }
  }

  private void change(NameChange change) {
    apply(change, names);
    nameChanges.add(change);
  }

  /** The bytes of a file as every process sees them now; for tests that damage them. */
  public synchronized byte[] bytes(Path path) {
    Inode inode = names.get(key(path));
    if (inode == null) {
      throw new IllegalArgumentException("no file " + path);
    }
    return Arrays.copyOf(inode.bytes, inode.size);
  }

  /** Replaces the bytes of a file, durably, behind everybody's back. */
  public synchronized void replace(Path path, byte[] bytes) {
    Inode inode = names.computeIfAbsent(key(path), p -> new Inode());
    durableNames.put(key(path), inode);
    inode.bytes = bytes.clone();
    inode.size = bytes.length;
    inode.durable = bytes.clone();
    inode.unsynced.clear();
  }

  /** A disk with the same files, all of them durable. */
  public synchronized FaultyDisk copy(long seed) {
    var copy = new FaultyDisk(seed);
    names.forEach((path, inode) -> copy.replace(path, Arrays.copyOf(inode.bytes, inode.size)));
    return copy;
  }

  /** All files. */
  public synchronized List<Path> files() {
    return names.keySet().stream().sorted().toList();
  }

  private static Path key(Path path) {
    return path.toAbsolutePath().normalize();
  }

  /** Counts a call and fails it where that was asked for. A short write is left to the caller. */
  private Fault enter(Call call, Path path, int handleEpoch) throws IOException {
    if (down || handleEpoch != epoch) {
      throw new IOException("the process that used " + path + " is gone");
    }
    calls++;
    callsByKind.merge(call, 1L, Long::sum);
    for (Trigger trigger : triggers) {
      if (trigger.hits(calls, call, path)) {
        Fault fault = trigger.fault;
        if (fault == Fault.CRASH) {
          down = true;
        }
        if (call != Call.WRITE) {
          throw error(fault);
        }
        return fault;
      }
    }
    return null;
  }

  private static IOException error(Fault fault) {
    return new IOException(
        switch (fault) {
          case NO_SPACE -> "No space left on device";
          case CRASH -> "the process ends here";
          default -> "Input/output error";
        });
  }

  @Override
  public synchronized DiskFile create(Path path) throws IOException {
    enter(Call.CREATE, path, epoch);
    if (names.containsKey(key(path))) {
      throw new FileAlreadyExistsException(path.toString());
    }
    var inode = new Inode();
    change(new NameChange(key(path), inode, null));
    return new OpenFile(path, inode, true, epoch, 0);
  }

  @Override
  public synchronized DiskFile open(Path path, boolean writable) throws IOException {
    enter(Call.OPEN, path, epoch);
    Inode inode = names.get(key(path));
    if (inode == null) {
      throw new NoSuchFileException(path.toString());
    }
    boolean cut = sabotages.contains(Sabotage.CUT_LOG_TAIL) && isSegment(path) && inode.size > 64;
    return new OpenFile(path, inode, writable, epoch, cut ? 1 : 0);
  }

  private static boolean isSegment(Path path) {
    return path.toString().endsWith(".wal");
  }

  @Override
  public synchronized boolean exists(Path path) {
    return names.containsKey(key(path));
  }

  @Override
  public synchronized List<String> list(Path directory) throws IOException {
    enter(Call.LIST, directory, epoch);
    return names.keySet().stream()
        .filter(path -> key(directory).equals(path.getParent()))
        .map(path -> path.getFileName().toString())
        .toList();
  }

  @Override
  public synchronized void delete(Path path) throws IOException {
    enter(Call.DELETE, path, epoch);
    if (!names.containsKey(key(path))) {
      throw new NoSuchFileException(path.toString());
    }
    change(new NameChange(key(path), null, null));
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    enter(Call.RENAME, from, epoch);
    Inode inode = names.get(key(from));
    if (inode == null) {
      throw new FileNotFoundException(from.toString());
    }
    change(new NameChange(key(to), inode, key(from)));
  }

  @Override
  public synchronized void createDirectories(Path directory) throws IOException {
    enter(Call.CREATE_DIRECTORIES, directory, epoch);
  }

  @Override
  public synchronized void syncDirectory(Path directory) throws IOException {
    enter(Call.SYNC_DIRECTORY, directory, epoch);
    if (sabotages.contains(Sabotage.SKIP_DIRECTORY_SYNC)) {
      return;
    }
    nameChanges.removeIf(change -> {
      boolean here = key(directory).equals(change.name.getParent());
      if (here) {
        apply(change, durableNames);
      }
      return here;
    });
  }

  @Override
  public synchronized DiskLock tryLock(Path path) throws IOException {
    enter(Call.LOCK, path, epoch);
    if (!names.containsKey(key(path))) {
      change(new NameChange(key(path), new Inode(), null));
    }
    return ofThisEpoch(locks.tryExclusive(key(path)));
  }

  @Override
  public synchronized DiskLock tryLockShared(Path path) throws IOException {
    enter(Call.LOCK, path, epoch);
    if (!names.containsKey(key(path))) {
      throw new NoSuchFileException(path.toString());
    }
    return ofThisEpoch(locks.tryShared(key(path)));
  }

  private DiskLock ofThisEpoch(DiskLock lock) {
    int held = epoch;
    return lock == null
        ? null
        : () -> {
          synchronized (this) {
            if (held == epoch) {
              lock.close();
            }
          }
        };
  }

  /** A change of a file that a power cut may take: bytes at a position, or a new size (bytes null). */
  private record Change(long position, byte[] bytes) {}

  private final class Inode {

    private byte[] bytes = {};
    private int size;
    private byte[] durable = {};
    private final List<Change> unsynced = new ArrayList<>();

    void write(long position, byte[] source, int length) {
      bytes = write(bytes, size, position, source, length);
      size = (int) Math.max(size, position + length);
      unsynced.add(new Change(position, Arrays.copyOf(source, length)));
    }

    private static byte[] write(byte[] into, int size, long position, byte[] source, int length) {
      byte[] target = into;
      if (position + length > target.length) {
        target = Arrays.copyOf(target, (int)
            Math.max(position + length, Math.min(target.length * 2L, 1 << 26)));
      }
      System.arraycopy(source, 0, target, (int) position, length);
      return target;
    }

    void truncate(long newSize) {
      if (newSize < size) {
        Arrays.fill(bytes, (int) newSize, size, (byte) 0);
        size = (int) newSize;
        unsynced.add(new Change(newSize, null));
      }
    }

    void makeDurable() {
      durable = durable.length == size ? durable : Arrays.copyOf(durable, size);
      for (Change change : unsynced) {
        int from = (int) Math.min(size, change.position);
        int to = change.bytes == null
            ? size // Cut off, and perhaps written anew.
            : (int) Math.min(size, change.position + change.bytes.length);
        System.arraycopy(bytes, from, durable, from, to - from);
      }
      unsynced.clear();
    }

    void losePower(Keep keep) {
      if (keep != Keep.ALL) {
        byte[] full = Arrays.copyOf(bytes, size);
        bytes = durable.clone();
        size = durable.length;
        int prefix = keep == Keep.PREFIX ? random.nextInt(unsynced.size() + 1) : 0;
        boolean sizeKept = keep == Keep.SECTORS && random.nextBoolean();
        List<Change> changes = new ArrayList<>(unsynced);
        for (int i = 0; i < changes.size(); i++) {
          Change change = changes.get(i);
          if (keep == Keep.SECTORS) {
            keepSectors(change);
          } else if (i < prefix) {
            keep(change);
          }
        }
        if (sizeKept && full.length > size) {
          bytes = Arrays.copyOf(bytes, full.length); // Sizes may arrive without their bytes.
          size = full.length;
        }
      }
      durable = Arrays.copyOf(bytes, size);
      unsynced.clear();
    }

    private void keep(Change change) {
      if (change.bytes == null) {
        truncate(change.position);
      } else {
        write(change.position, change.bytes, change.bytes.length);
      }
    }

    private void keepSectors(Change change) {
      if (change.bytes == null) {
        if (random.nextBoolean()) {
          truncate(change.position);
        }
        return;
      }
      long end = change.position + change.bytes.length;
      for (long from = change.position; from < end; ) {
        long to = Math.min(end, (from / SECTOR + 1) * SECTOR);
        if (random.nextBoolean()) {
          byte[] sector = Arrays.copyOfRange(
              change.bytes, (int) (from - change.position), (int) (to - change.position));
          write(from, sector, sector.length);
        }
        from = to;
      }
    }
  }

  private final class OpenFile implements DiskFile {

    private final Path path;
    private final Inode inode;
    private final boolean writable;
    private final int openedIn;
    private final int hiddenBytes;
    private boolean closed;

    OpenFile(Path path, Inode inode, boolean writable, int openedIn, int hiddenBytes) {
      this.path = path;
      this.inode = inode;
      this.writable = writable;
      this.openedIn = openedIn;
      this.hiddenBytes = hiddenBytes;
    }

    private Fault enter(Call call) throws IOException {
      if (closed) {
        throw new IOException(path + " is closed");
      }
      return FaultyDisk.this.enter(call, path, openedIn);
    }

    @Override
    public int read(long position, ByteBuffer into) throws IOException {
      synchronized (FaultyDisk.this) {
        enter(Call.READ);
        long end = inode.size - hiddenBytes;
        int count = (int) Math.max(0, Math.min(into.remaining(), end - position));
        if (count > 0) {
          into.put(inode.bytes, (int) position, count);
        }
        return count;
      }
    }

    @Override
    public void write(long position, ByteBuffer from) throws IOException {
      synchronized (FaultyDisk.this) {
        Fault fault = enter(Call.WRITE);
        if (!writable) {
          throw new IOException(path + " is open for reading only");
        }
        var bytes = new byte[from.remaining()];
        from.get(bytes);
        if (fault == Fault.CRASH) {
          inode.write(position, bytes, random.nextInt(bytes.length + 1));
          throw error(fault);
        }
        if (fault == Fault.SHORT_WRITE || fault == Fault.NO_SPACE) {
          inode.write(position, bytes, bytes.length / 2);
          throw error(fault);
        }
        if (fault != null) {
          throw error(fault);
        }
        if (full && position + bytes.length > inode.size) {
          throw error(Fault.NO_SPACE);
        }
        boolean shortened =
            sabotages.contains(Sabotage.IGNORE_SHORT_WRITE) && random.nextInt(8) == 0;
        inode.write(position, bytes, shortened ? bytes.length / 2 : bytes.length);
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (FaultyDisk.this) {
        enter(Call.SYNC);
        boolean segment = isSegment(path);
        if (sabotages.contains(segment ? Sabotage.SKIP_WAL_SYNC : Sabotage.SKIP_DATA_SYNC)) {
          return;
        }
        if (sabotages.contains(Sabotage.HIDE_SYNC_ERROR)
            && random.nextInt(4) == 0
            && inode.size > 4096) {
          // What a kernel does after a failed write-back: the pages count as clean, the disk never
          // got them.
          inode.unsynced.clear();
          return;
        }
        inode.makeDurable();
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (FaultyDisk.this) {
        enter(Call.SIZE);
        return inode.size - hiddenBytes;
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (FaultyDisk.this) {
        enter(Call.TRUNCATE);
        inode.truncate(size);
      }
    }

    @Override
    public void close() {
      synchronized (FaultyDisk.this) {
        closed = true;
      }
    }
  }
}
