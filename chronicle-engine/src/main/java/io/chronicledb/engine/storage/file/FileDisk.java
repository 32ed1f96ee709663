package io.chronicledb.engine.storage.file;

import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.DiskLock;
import io.chronicledb.engine.storage.HeldLocks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operating system's files. */
public final class FileDisk implements Disk {

  private static final boolean CAN_SYNC_DIRECTORIES =
      !System.getProperty("os.name", "").startsWith("Windows");

  /**
   * Lock files that this process holds. POSIX drops a process's lock on a file as soon as the process closes any descriptor of it, so a
   * file that is held already must not even be opened.
   */
  private static final HeldLocks HELD = new HeldLocks();

  /** Guarded by itself. */
  private static final Map<Path, SharedChannel> SHARED = new HashMap<>();

  private final Syncer syncer = new Syncer();

  @Override
  public DiskFile create(Path path) throws IOException {
    return FileDiskFile.create(path, syncer);
  }

  @Override
  public DiskFile open(Path path, boolean writable) throws IOException {
    return FileDiskFile.open(path, writable, syncer);
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    var names = new ArrayList<String>();
    if (Files.isDirectory(directory)) {
      try (var entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          names.add(entry.getFileName().toString());
        }
      }
    }
    return names;
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.delete(path);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath();
    if (Files.isDirectory(absolute)) {
      return;
    }
    Path parent = absolute.getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    Files.createDirectories(absolute); // Tolerates that somebody else was faster.
    if (parent != null) {
      syncDirectory(parent);
    }
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    if (!CAN_SYNC_DIRECTORIES) {
      return; // Windows opens no directory as a file; NTFS journals names by itself.
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      syncer.force(channel, true);
    }
  }

  @Override
  public @Nullable DiskLock tryLock(Path path) throws IOException {
    Path key = key(path);
    DiskLock held = HELD.tryExclusive(key);
    if (held == null) {
      return null;
    }
    @Nullable FileChannel channel = null;
    try {
      channel = lockedChannel(path, false);
    } finally {
      if (channel == null) {
        held.close();
      }
    }
    return channel == null ? null : new ChannelLock(channel, held);
  }

  @Override
  public @Nullable DiskLock tryLockShared(Path path) throws IOException {
    Path key = key(path);
    synchronized (SHARED) {
      DiskLock held = HELD.tryShared(key);
      if (held == null) {
        return null;
      }
      SharedChannel shared = SHARED.get(key);
      if (shared == null) {
        @Nullable FileChannel channel = null;
        try {
          channel = lockedChannel(path, true);
        } finally {
          if (channel == null) {
            held.close();
          }
        }
        if (channel == null) {
          return null;
        }
        shared = new SharedChannel(channel);
        SHARED.put(key, shared);
      }
      shared.sharers++;
      return new SharedLock(key, shared, held);
    }
  }

  private static Path key(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    return parent == null ? path : parent.toRealPath().resolve(path.getFileName());
  }

  /** A channel that holds the operating system's lock on a file; null where another process has it. */
  private static @Nullable FileChannel lockedChannel(Path path, boolean shared) throws IOException {
    boolean interrupted = Thread.interrupted();
    @Nullable FileChannel channel = null;
    boolean locked = false;
    try {
      channel = shared
          ? FileChannel.open(path, StandardOpenOption.READ)
          : FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      locked = channel.tryLock(0, Long.MAX_VALUE, shared) != null;
      return locked ? channel : null;
    } catch (OverlappingFileLockException e) {
      // Another copy of this class, in another class loader, holds the lock. Its lock would go with
      // this channel, which is therefore left open.
      channel = null;
      return null;
    } finally {
      if (!locked && channel != null) {
        channel.close();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class ChannelLock implements DiskLock {

    private final FileChannel channel;
    private final DiskLock held;

    ChannelLock(FileChannel channel, DiskLock held) {
      this.channel = channel;
      this.held = held;
    }

    @Override
    public void close() throws IOException {
      try (DiskLock releasedLast = held) {
        channel.close();
      }
    }
  }

  /** The one channel behind all shares that this process has in a file's lock. */
  private static final class SharedChannel {
    final FileChannel channel;
    int sharers;

    SharedChannel(FileChannel channel) {
      this.channel = channel;
    }
  }

  private static final class SharedLock implements DiskLock {

    private final Path key;
    private final SharedChannel shared;
    private final DiskLock held;
    private boolean released;

    SharedLock(Path key, SharedChannel shared, DiskLock held) {
      this.key = key;
      this.shared = shared;
      this.held = held;
    }

    @Override
    public void close() throws IOException {
      synchronized (SHARED) {
        if (released) {
          return;
        }
        released = true;
        try (DiskLock releasedLast = held) {
          if (--shared.sharers == 0) {
            SHARED.remove(key);
            shared.channel.close();
          }
        }
      }
    }
  }
}
