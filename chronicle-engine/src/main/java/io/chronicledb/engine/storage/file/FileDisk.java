package io.chronicledb.engine.storage.file;

import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.DiskLock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The operating system's files. */
public final class FileDisk implements Disk {

  private static final boolean CAN_SYNC_DIRECTORIES =
      !System.getProperty("os.name", "").startsWith("Windows");

  /**
   * Lock files that this process holds. POSIX drops a process's lock on a file as soon as the process closes any descriptor of it, so a
   * file that is held already must not even be opened.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  @Override
  public DiskFile create(Path path) throws IOException {
    FileChannel channel = FileChannel.open(
        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new FileDiskFile(path, true, channel);
  }

  @Override
  public DiskFile open(Path path, boolean writable) throws IOException {
    return new FileDiskFile(path, writable, FileDiskFile.openChannel(path, writable));
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
        entries.forEach(entry -> names.add(entry.getFileName().toString()));
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
    try (var open = open(directory, false)) {
      open.sync();
    }
  }

  @Override
  public @Nullable DiskLock tryLock(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    Path key = parent == null ? path : parent.toRealPath().resolve(path.getFileName());
    if (!HELD.add(key)) {
      return null;
    }
    boolean interrupted = Thread.interrupted();
    @Nullable FileChannel channel = null;
    boolean locked = false;
    try {
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      locked = channel.tryLock() != null;
      return locked ? new HeldLock(key, channel) : null;
    } catch (OverlappingFileLockException e) {
      // Another copy of this class, in another class loader, holds the lock. Its lock would go with
      // this channel, which is therefore left open.
      channel = null;
      return null;
    } finally {
      if (!locked) {
        HELD.remove(key);
        if (channel != null) {
          channel.close();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class HeldLock implements DiskLock {

    private final Path key;
    private final FileChannel channel;
    private boolean released;

    HeldLock(Path key, FileChannel channel) {
      this.key = key;
      this.channel = channel;
    }

    @Override
    public synchronized void close() throws IOException {
      if (!released) {
        released = true; // Afterwards the key may be another holder's.
        try {
          channel.close();
        } finally {
          HELD.remove(key);
        }
      }
    }
  }
}
