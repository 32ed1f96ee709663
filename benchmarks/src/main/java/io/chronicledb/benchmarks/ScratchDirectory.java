package io.chronicledb.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;

/** A directory for the files of one measurement, deleted with all that is in it. */
final class ScratchDirectory implements AutoCloseable {

  private final Path path;

  /** @param parent for example a directory on the disk that is to be measured */
  ScratchDirectory(Path parent) {
    try {
      path = Files.createTempDirectory(Files.createDirectories(parent), "chronicle-benchmark");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Under {@code --directory}, or else where temporary files are. */
  static ScratchDirectory of(Arguments arguments) {
    return new ScratchDirectory(
        Path.of(arguments.text("directory", System.getProperty("java.io.tmpdir"))));
  }

  static ScratchDirectory temporary() {
    return new ScratchDirectory(Path.of(System.getProperty("java.io.tmpdir")));
  }

  Path path() {
    return path;
  }

  Path database() {
    return path.resolve("bench.db");
  }

  /** What a file takes on disk: its allocated blocks, where {@code stat} can tell, or else its length. */
  static long allocatedBytes(Path file) {
    try {
      Process stat = new ProcessBuilder("stat", "-c", "%b %B", file.toString()).start();
      String[] output = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
          .trim()
          .split(" ");
      if (output.length == 2) {
        return Long.parseLong(output[0]) * Long.parseLong(output[1]);
      }
    } catch (IOException e) {
      System.err.println("no stat here, so the length of the file counts: " + e.getMessage());
    }
    return length(file);
  }

  static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies a directory of files, such as a closed database, into this one under a new name; on return the copy is on the disk. */
  Path copy(Path source, String name) {
    try {
      Path target = path.resolve(name);
      try (var files = Files.walk(source)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Path copied = Files.copy(file, target.resolve(source.relativize(file).toString()));
          if (Files.isRegularFile(copied)) {
            // Else the first sync of whoever is measured would wait for all of it.
            try (var channel = FileChannel.open(copied, StandardOpenOption.WRITE)) {
              channel.force(true);
            }
          }
        }
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path directory) {
    List<Path> deepestFirst;
    try (var files = Files.walk(directory)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    delete(path);
  }
}
