package io.chronicledb.engine.storage.file;

import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.DiskLock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operating system's files. */
public final class FileDisk implements Disk {

  private static final boolean CAN_SYNC_DIRECTORIES =
      !System.getProperty("os.name", "").startsWith("Windows");

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
    Files.createDirectories(directory);
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
    boolean interrupted = Thread.interrupted();
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      @Nullable FileLock lock = null;
      try {
        lock = channel.tryLock();
      } catch (OverlappingFileLockException e) {
        // Another holder in this very JVM: the same answer as for another process.
      }
      if (lock == null) {
        channel.close();
        return null;
      }
      return channel::close;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
