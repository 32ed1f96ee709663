package io.chronicledb.app.it;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Programs of others that a test runs. */
final class Programs {

  private Programs() {}

  /** Skips a test where one of the programs is not installed, and says so; fails it where {@code CI} is set. */
  static void require(String test, String... programs) {
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
    System.out.println(test + " is skipped, " + reason);
    abort(reason);
  }
}
