package io.chronicledb.engine.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * What a reliability test did, printed and left as a file below {@code target/reliability}, from which {@link ReliabilityPage} makes the page
 * of the documentation. A test that failed leaves none.
 */
public final class Evidence {

  /** Where the files go. */
  public static final Path DIRECTORY =
      Path.of(System.getProperty("reliability.directory", "target/reliability"));

  private final String id;
  private final long started = System.nanoTime();
  private final Map<String, String> entries = new LinkedHashMap<>();

  private Evidence(String id) {
    this.id = id;
  }

  /** Starts the clock. The id is that of the catalogue, such as {@code P1}, perhaps with a part: {@code C2.log}. */
  public static Evidence of(String id) {
    return new Evidence(id);
  }

  public Evidence seed(long seed) {
    entries.put("seed", String.valueOf(seed));
    return this;
  }

  /** A figure, under the name that the page shows. */
  public Evidence figure(String name, long value) {
    entries.put("figure." + name, String.valueOf(value));
    return this;
  }

  public Evidence note(String name, String text) {
    String line = text.replaceAll("\\s+", " ");
    entries.put(
        "note." + name,
        name.equals("what") ? line.substring(0, Math.min(200, line.length())) : line);
    return this;
  }

  /** The test has passed: prints and writes. */
  public void passed() {
    long millis = Duration.ofNanos(System.nanoTime() - started).toMillis();
    entries.put("millis", String.valueOf(millis));
    entries.put("java", System.getProperty("java.version"));
    System.out.printf(Locale.ROOT, "reliability %s: %s, %d ms%n", id, entries, millis);
    var properties = new Properties();
    properties.putAll(entries);
    try {
      Files.createDirectories(DIRECTORY);
      try (Writer out = Files.newBufferedWriter(DIRECTORY.resolve(id + ".properties"))) {
        properties.store(out, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
