package io.chronicledb.app.it;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Programs that a test needs beside this build. */
final class InstalledPrograms {

  private InstalledPrograms() {}

  /** Skips the test where a program is missing, and says so; fails it where {@code CI} is set. */
  static void require(Class<?> test, String... programs) {
    List<String> missing = Arrays.stream(programs)
        .filter(program -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .noneMatch(folder -> Files.isExecutable(Path.of(folder, program))))
        .toList();
    if (missing.isEmpty()) {
      return;
    }
    String reason = "not installed: " + String.join(", ", missing);
    if (Boolean.parseBoolean(System.getenv("CI"))) {
      throw new AssertionError(reason);
    }
    System.out.println(test.getSimpleName() + " is skipped, " + reason);
    abort(reason);
  }
}
