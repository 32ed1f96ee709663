package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generations that readers of other processes have open, as files in a directory beside the log. A file's name says the generation,
 * and the lock on it, which ends with its process, that it counts.
 */
final class Readers {

  private static final Logger log = LoggerFactory.getLogger(Readers.class);

  private static final String SUFFIX = ".reader";
  /** A file is lost only to a writer that tidies up in the moment between its creation and its lock. */
  private static final int ATTEMPTS = 10;

  private final Disk disk;
  private final Path directory;

  Readers(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /** @param lockPath the writer's lock, in the directory of the log */
  static Readers beside(Disk disk, Path lockPath) {
    return new Readers(disk, lockPath.resolveSibling("readers"));
  }

  Path directory() {
    return directory;
  }

  /** An entry of this process. */
  final class Registration {

    private final Path path;
    private final DiskLock lock;

    Registration(Path path, DiskLock lock) {
      this.path = path;
      this.lock = lock;
    }

    /** Takes the entry away; leaving it behind would do no harm. */
    void close() {
      try (DiskLock held = lock) {
        disk.delete(path);
      } catch (IOException e) {
        log.debug("cannot remove {}: {}", path, e.toString());
      }
    }
  }

  /** Announces that this process reads a generation. */
  Registration register(long generation) throws IOException {
    disk.createDirectories(directory);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Path path = directory.resolve(generation + "-" + UUID.randomUUID() + SUFFIX);
      DiskLock lock = disk.tryLock(path);
      if (lock != null) {
        if (disk.exists(path)) {
          return new Registration(path, lock);
        }
        lock.close();
      }
    }
    throw new IOException("entries in " + directory + " do not stay");
  }

  /** Told the generation of each living entry. */
  interface Visitor {
    void generation(long generation);
  }

  /** Lists the entries whose process lives, and removes the others. */
  void forEach(Visitor visitor) throws IOException {
    for (String name : disk.list(directory)) {
      Long generation = generation(name);
      if (generation == null) {
        continue;
      }
      Path path = directory.resolve(name);
      try (DiskLock lock = disk.tryLock(path)) {
        if (lock == null) {
          visitor.generation(generation);
        } else if (disk.exists(path)) {
          disk.delete(path);
        }
      }
    }
  }

  private static @Nullable Long generation(String name) {
    int dash = name.indexOf('-');
    if (dash <= 0 || dash > 18 || !name.endsWith(SUFFIX)) {
      return null;
    }
    String digits = name.substring(0, dash);
    return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.valueOf(digits) : null;
  }
}
