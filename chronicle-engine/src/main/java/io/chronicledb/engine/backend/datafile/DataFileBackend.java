package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.DiskLock;
import io.chronicledb.engine.storage.WriteFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks and root in the single data file. The package's description draws the format and states why a commit is durable.
 *
 * <p>A failed sync leaves unknown which pages reached the disk, so after it, and after a failed write of a root slot, the file takes no
 * more commits until it is reopened.
 */
public final class DataFileBackend implements StorageBackend {

  private static final Logger log = LoggerFactory.getLogger(DataFileBackend.class);

  private final Path path;
  private final DiskFile file;
  private final DiskLock lock;
  private final UUID databaseId;
  private final FreeSpace space;

  private long nextBlockId;
  private volatile Generation current;
  /** What the other slot names: the generation to fall back to. Null after creation. */
  private volatile @Nullable Generation previous;

  private @Nullable ChronicleException poison;
  private boolean closed;

  /** A root with the place of its index block. */
  private record Generation(Root root, int slot, long indexOffset, long indexBytes) {}

  private DataFileBackend(Path path, DiskFile file, DiskLock lock, UUID databaseId, Slots slots) {
    this.path = path;
    this.file = file;
    this.lock = lock;
    this.databaseId = databaseId;
    this.current = slots.newest.generation;
    this.previous = slots.older == null ? null : slots.older.generation;
    this.nextBlockId = slots.nextBlockId;
    this.space = usedSpace(current, previous);
  }

  /**
   * Opens the data file, and creates it where there is none.
   *
   * @param lockPath a file beside the WAL whose lock says that this process alone writes
   * @throws LockedException where another process, or another database in this one, has it open
   */
  public static DataFileBackend open(Disk disk, Path path, Path lockPath, InstantSource clock) {
    try {
      Path directory = directoryOf(path);
      disk.createDirectories(directory);
      disk.createDirectories(directoryOf(lockPath));
      DiskLock lock = disk.tryLock(lockPath);
      if (lock == null) {
        throw new LockedException(path, lockPath);
      }
      try {
        if (!disk.exists(path)) {
          create(disk, path, directory, clock);
        }
        DiskFile file = disk.open(path, true);
        try {
          UUID databaseId = readHeader(file, path);
          Slots slots = Slots.read(file, path, databaseId);
          // A killed process may have left a root that only the operating system has: it must be
          // safe before anything is built on it.
          file.sync();
          disk.syncDirectory(directory);
          return new DataFileBackend(path, file, lock, databaseId, slots);
        } catch (IOException | RuntimeException e) {
          file.close();
          throw e;
        }
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ChronicleException(ErrorCode.STORAGE_READ, "cannot open " + path + ": " + e, e);
    }
  }

  private static Path directoryOf(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new ChronicleException(
          ErrorCode.BAD_DATA, file + " is a directory, not a place for a file");
    }
    return directory;
  }

  /** Writes header, first index and both slots under a temporary name, so that the final name only ever is a whole file. */
  private static void create(Disk disk, Path path, Path directory, InstantSource clock)
      throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + ".new");
    if (disk.exists(temporary)) {
      disk.delete(temporary);
    }
    UUID databaseId = UUID.randomUUID();
    try (DiskFile file = disk.create(temporary)) {
      var header = new ByteWriter(Layout.FILE_HEADER_BYTES);
      header.writeBytes(Layout.FILE_MAGIC);
      header.writeByte(Layout.VERSION);
      header.writeByte(0);
      header.writeLong(databaseId.getMostSignificantBits());
      header.writeLong(databaseId.getLeastSignificantBits());
      header.writeLong(clock.millis() * 1_000_000L);
      header.writeInt(Crc32c.of(header.array(), 0, header.size()));
      file.write(Layout.HEADER_OFFSET, header.toByteBuffer());
      ByteWriter index = encodeIndex(databaseId, Root.EMPTY, 1, Layout.FIRST_BLOCK_OFFSET);
      file.write(Layout.FIRST_BLOCK_OFFSET, index.toByteBuffer());
      writeSlot(file, 0, 0, Layout.FIRST_BLOCK_OFFSET + index.size() - Layout.FOOTER_BYTES);
      // Takes the room of the other slot now, so that a full disk cannot fail the first commit
      // there.
      file.write(Layout.SLOT_OFFSETS[1], ByteBuffer.allocate(Layout.PAGE));
      file.sync();
    }
    disk.rename(temporary, path);
    disk.syncDirectory(directory);
  }

  private static UUID readHeader(DiskFile file, Path path) throws IOException {
    var buffer = ByteBuffer.allocate(Layout.FILE_HEADER_BYTES);
    int read = file.read(Layout.HEADER_OFFSET, buffer);
    var in = new ByteReader(buffer.array(), 0, read);
    if (read < Layout.FILE_MAGIC.length
        || !Arrays.equals(in.readBytes(Layout.FILE_MAGIC.length), Layout.FILE_MAGIC)) {
      throw new CorruptionException(
          path + " is not a Chronicle data file: it does not start with \"CHRDB1\"");
    }
    if (read < Layout.FILE_HEADER_BYTES) {
      throw new CorruptionException(path + " is cut off after " + read + " bytes");
    }
    int version = in.readByte() | in.readByte() << 8;
    if (version > Layout.VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          path + " has format version " + version + ", newer than the " + Layout.VERSION
              + " that this version of Chronicle reads; open it with the version that wrote it or a later one");
    }
    if (version < Layout.VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          path + " has format version " + version
              + ", which was in use before the first release and is not read any more; read it with the version that wrote it");
    }
    var databaseId = new UUID(in.readLong(), in.readLong());
    in.skip(8);
    if (in.readInt() != Crc32c.of(buffer.array(), 0, Layout.FILE_HEADER_BYTES - 4)) {
      throw new CorruptionException(path + ": the file header does not match its checksum");
    }
    return databaseId;
  }

  private static FreeSpace usedSpace(Generation current, @Nullable Generation previous) {
    var used = new ArrayList<long[]>();
    var seen = new HashSet<Long>();
    for (Generation generation : previous == null ? List.of(current) : List.of(current, previous)) {
      used.add(new long[] {generation.indexOffset, Layout.roundToPage(generation.indexBytes)});
      for (StoredBlock block : generation.root.blocks()) {
        if (seen.add(block.id())) {
          long start = frameOffset(block);
          used.add(
              new long[] {start, Layout.roundToPage(block.location() + block.length() - start)});
        }
      }
    }
    used.sort((a, b) -> Long.compare(a[0], b[0]));
    long end = Layout.FIRST_BLOCK_OFFSET;
    for (long[] extent : used) {
      end = Math.max(end, extent[0] + extent[1]);
    }
    var space = new FreeSpace(end);
    long at = Layout.FIRST_BLOCK_OFFSET;
    for (long[] extent : used) {
      if (extent[0] > at) {
        space.release(at, extent[0] - at);
      }
      at = Math.max(at, extent[0] + extent[1]);
    }
    return space;
  }

  private static long frameOffset(StoredBlock block) {
    return block.location() / Layout.PAGE * Layout.PAGE;
  }

  @Override
  public UUID databaseId() {
    return databaseId;
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public Root root() {
    return current.root;
  }

  @Override
  public long safeCheckpoint() {
    Generation fallback = previous;
    return fallback == null ? 0 : Math.min(fallback.root.checkpoint(), current.root.checkpoint());
  }

  @Override
  public StoredBlock put(NewBlock block) {
    checkWritable();
    long id = nextBlockId++;
    long generation = current.root.generation() + 1;
    var frame = new BlockFrame(
        block.kind(),
        block.payload().remaining(),
        databaseId,
        id,
        generation,
        block.firstSequence(),
        block.lastSequence(),
        block.replaces());
    ByteWriter bytes = frame.encode(block.payload());
    long offset = space.allocate(bytes.size());
    try {
      file.write(offset, bytes.toByteBuffer());
    } catch (IOException e) {
      space.release(offset, bytes.size());
      throw writeFailed("block " + id, offset, e);
    }
    return new StoredBlock(
        id,
        block.kind(),
        offset + Layout.blockHeaderBytes(block.replaces().size()),
        frame.length(),
        generation,
        block.firstSequence(),
        block.lastSequence(),
        block.window(),
        block.minTime(),
        block.maxTime(),
        block.firstOrder(),
        block.lastOrder(),
        block.count());
  }

  @Override
  public void discard(StoredBlock block) {
    long start = frameOffset(block);
    space.release(start, block.location() + block.length() - start);
  }

  @Override
  public void commit(Root expected, Root next) {
    checkWritable();
    Generation replaced = current;
    if (replaced.root != expected) {
      throw new IllegalStateException("commit expects generation " + expected.generation()
          + ", the root is at " + replaced.root.generation());
    }
    sync("blocks");
    long id = nextBlockId++;
    // The footer names the index's place, which depends on the size; the encoding's length does not
    // depend on the place.
    int size = encodeIndex(databaseId, next, id, 0).size();
    long offset = space.allocate(size);
    try {
      file.write(offset, encodeIndex(databaseId, next, id, offset).toByteBuffer());
    } catch (IOException e) {
      space.release(offset, size);
      throw writeFailed("index of generation " + next.generation(), offset, e);
    }
    sync("index");
    int slot = 1 - replaced.slot;
    try {
      writeSlot(file, slot, next.generation(), offset + size - Layout.FOOTER_BYTES);
      file.sync();
    } catch (IOException e) {
      throw poisoned("root slot " + slot, e);
    }
    Generation forgotten = previous;
    previous = replaced;
    current = new Generation(next, slot, offset, size);
    if (forgotten != null) {
      releaseUnused(forgotten);
    }
  }

  /** Frees what only the forgotten generation used. */
  private void releaseUnused(Generation forgotten) {
    space.release(forgotten.indexOffset, forgotten.indexBytes);
    var live = new HashSet<Long>();
    current.root.blocks().forEach(block -> live.add(block.id()));
    if (previous != null) {
      previous.root.blocks().forEach(block -> live.add(block.id()));
    }
    for (StoredBlock block : forgotten.root.blocks()) {
      if (!live.contains(block.id())) {
        discard(block);
      }
    }
  }

  @Override
  public Pin pin() {
    return () -> {};
  }

  @Override
  public ByteBuffer read(StoredBlock block, long offset, int length) {
    if (offset < 0 || length < 0 || offset > block.length() - (long) length) {
      throw new CorruptionException(path + ": block " + block.id() + " of " + block.length()
          + " bytes ends before " + offset + "+" + length);
    }
    var buffer = ByteBuffer.allocate(length);
    try {
      int read = file.read(block.location() + offset, buffer);
      if (read < length) {
        throw new CorruptionException(path + " ends within block " + block.id() + " at offset "
            + (block.location() + offset + read));
      }
    } catch (IOException e) {
      throw new ChronicleException(
          ErrorCode.STORAGE_READ,
          "cannot read " + path + " at offset " + (block.location() + offset) + ": " + e,
          e);
    }
    return buffer.flip();
  }

  @Override
  public void check(StoredBlock block) {
    long start = frameOffset(block);
    int length = (int) (block.location() + block.length() - start);
    var buffer = ByteBuffer.allocate(length);
    try {
      int read = file.read(start, buffer);
      BlockFrame frame = BlockFrame.decode(new ByteReader(buffer.array(), 0, read));
      if (frame.id() != block.id()
          || frame.kind() != block.kind()
          || !frame.databaseId().equals(databaseId)) {
        throw new CorruptionException("block " + frame.id() + " stands in its place");
      }
    } catch (CorruptionException e) {
      throw new CorruptionException(
          path + ", block " + block.id() + " at offset " + start + ": " + e.getMessage());
    } catch (IOException e) {
      throw new ChronicleException(
          ErrorCode.STORAGE_READ, "cannot read " + path + " at offset " + start + ": " + e, e);
    }
  }

  @Override
  public long storageBytes() {
    return space.end();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (DiskLock held = lock;
        DiskFile open = file) {
      log.debug("closing {} at generation {}", path, current.root.generation());
    } catch (IOException e) {
      throw new ChronicleException(ErrorCode.STORAGE_WRITE, "cannot close " + path + ": " + e, e);
    }
  }

  private static ByteWriter encodeIndex(UUID databaseId, Root root, long id, long offset) {
    ByteWriter payload = RootCodec.encode(root, id + 1);
    var frame = new BlockFrame(
        BlockKind.INDEX,
        payload.size(),
        databaseId,
        id,
        root.generation(),
        0,
        root.checkpoint(),
        List.of());
    ByteWriter out = frame.encode(payload.toByteBuffer());
    int indexBytes = out.size();
    out.writeBytes(Layout.FOOTER_MAGIC);
    out.writeByte(0);
    out.writeLong(offset);
    out.writeInt(indexBytes);
    out.writeLong(root.generation());
    out.writeInt(Crc32c.of(out.array(), indexBytes, out.size() - indexBytes));
    return out;
  }

  private static void writeSlot(DiskFile file, int slot, long generation, long footerOffset)
      throws IOException {
    var out = new ByteWriter(Layout.SLOT_BYTES);
    out.writeBytes(Layout.ROOT_MAGIC);
    out.writeLong(generation);
    out.writeLong(footerOffset);
    out.writeInt(Crc32c.of(out.array(), 0, out.size()));
    file.write(Layout.SLOT_OFFSETS[slot], out.toByteBuffer());
  }

  private void sync(String what) {
    try {
      file.sync();
    } catch (IOException e) {
      throw poisoned(what, e);
    }
  }

  private void checkWritable() {
    if (poison != null) {
      throw new ChronicleException(
          ErrorCode.READ_ONLY,
          path + " is read-only until it is reopened, since writing it failed: "
              + poison.getMessage(),
          poison);
    }
  }

  private ChronicleException poisoned(String what, IOException cause) {
    poison = writeFailed(what, -1, cause);
    return poison;
  }

  private ChronicleException writeFailed(String what, long offset, IOException cause) {
    return WriteFailure.of(
        "cannot write " + what + " to " + path + (offset < 0 ? "" : " at offset " + offset), cause);
  }

  /** Both root slots as found when opening. */
  private record Slots(Found newest, @Nullable Found older, long nextBlockId) {

    record Found(Generation generation, long nextBlockId) {}

    static Slots read(DiskFile file, Path path, UUID databaseId) throws IOException {
      var found = new ArrayList<Found>();
      var damages = new ArrayList<String>();
      for (int slot = 0; slot < Layout.SLOT_OFFSETS.length; slot++) {
        try {
          Found generation = readSlot(file, slot, databaseId);
          if (generation != null) {
            found.add(generation);
          }
        } catch (CorruptionException e) {
          damages.add("root slot " + "AB".charAt(slot) + ": " + e.getMessage());
        }
      }
      if (found.isEmpty()) {
        throw new CorruptionException(
            path + ": neither root slot names a sound generation; " + String.join("; ", damages));
      }
      found.sort(
          (a, b) -> Long.compare(b.generation.root.generation(), a.generation.root.generation()));
      for (String damage : damages) {
        log.warn(
            "{}: {}; opening generation {} instead and replaying the WAL from its checkpoint {}",
            path,
            damage,
            found.get(0).generation.root.generation(),
            found.get(0).generation.root.checkpoint());
      }
      return new Slots(
          found.get(0),
          found.size() > 1 ? found.get(1) : null,
          found.stream().mapToLong(Found::nextBlockId).max().orElse(1));
    }

    /** Null for a slot that was never used. */
    private static @Nullable Found readSlot(DiskFile file, int slot, UUID databaseId)
        throws IOException {
      ByteReader in = readFully(file, Layout.SLOT_OFFSETS[slot], Layout.SLOT_BYTES);
      if (isZero(in)) {
        return null;
      }
      checkSum(in, Layout.ROOT_MAGIC, "slot");
      long generation = in.readLong();
      long footerOffset = in.readLong();
      ByteReader footer = readFully(file, footerOffset, Layout.FOOTER_BYTES);
      checkSum(footer, Layout.FOOTER_MAGIC, "footer");
      footer.skip(1);
      long indexOffset = footer.readLong();
      int indexBytes = footer.readInt();
      if (footer.readLong() != generation || indexOffset + indexBytes != footerOffset) {
        throw new CorruptionException(
            "footer at offset " + footerOffset + " belongs to another generation");
      }
      ByteReader index = readFully(file, indexOffset, indexBytes);
      BlockFrame frame = BlockFrame.decode(index);
      if (frame.kind() != BlockKind.INDEX
          || !frame.databaseId().equals(databaseId)
          || frame.generation() != generation) {
        throw new CorruptionException(
            "block at offset " + indexOffset + " is not the index of generation " + generation);
      }
      RootCodec.Index decoded = RootCodec.decode(index);
      return new Found(
          new Generation(
              decoded.root(), slot, indexOffset, footerOffset + Layout.FOOTER_BYTES - indexOffset),
          decoded.nextBlockId());
    }

    private static ByteReader readFully(DiskFile file, long offset, int length) throws IOException {
      if (offset < 0 || length < 0 || length > file.size() - offset) {
        throw new CorruptionException(
            "offset " + offset + "+" + length + " lies outside of the file");
      }
      var buffer = ByteBuffer.allocate(length);
      file.read(offset, buffer);
      return new ByteReader(buffer.array());
    }

    private static boolean isZero(ByteReader in) {
      for (int i = 0; i < in.remaining(); i++) {
        if (in.array()[in.arrayOffset() + i] != 0) {
          return false;
        }
      }
      return true;
    }

    private static void checkSum(ByteReader in, byte[] magic, String what) {
      int body = in.remaining() - 4;
      int expected = Crc32c.of(in.array(), in.arrayOffset(), body);
      var tail = new ByteReader(in.array(), in.arrayOffset() + body, 4);
      if (tail.readInt() != expected || !Arrays.equals(in.readBytes(magic.length), magic)) {
        throw new CorruptionException(what + " does not match its checksum");
      }
    }
  }
}
