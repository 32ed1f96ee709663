package io.chronicledb.benchmarks;

import io.chronicledb.benchmarks.DataSets.Source;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.DatabaseFiles;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.storage.file.FileDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Bytes per point of the whole data file after compaction and closing, for the data sets of the comparison with other databases. Beside it:
 * the same data as Gorilla chunks with Snappy, and its entropy.
 *
 * <p>{@code --hours --sources} (hosts, or series; 0 for as many as the comparison has) {@code --memory} (MiB) {@code --peers} (the results
 * of the comparison, a file of Markdown tables) {@code --only} (one data set) {@code --directory}
 */
public final class SettledSize {

  private static final List<String> PEERS = List.of("victoriametrics", "prometheus");
  private static final int BATCH = 10_000;

  private SettledSize() {}

  public static void main(String[] args) throws IOException {
    var arguments = new Arguments(args);
    double hours = arguments.number("hours", 24, 1);
    int sources = (int) arguments.number("sources", 0, 10);
    long memory = arguments.number("memory", 64, 64) << 20;
    String only = arguments.text("only", "");
    String peers = arguments.text("peers", "");
    try (var scratch = ScratchDirectory.of(arguments)) {
      arguments.rejectOthers();
      Map<String, String> figures = peers.isEmpty() ? Map.of() : read(Path.of(peers));
      var report = new Report(
          "data",
          "points",
          "bytes/point",
          "live bytes/point",
          "entropy",
          "of entropy",
          "Gorilla+Snappy 120",
          "Gorilla+Snappy 2048",
          PEERS.get(0),
          PEERS.get(1));
      for (DataSets data : DataSets.values()) {
        if (only.isEmpty() || only.equals(data.label())) {
          row(
              report,
              data,
              data.open(sources == 0 ? data.sources : sources),
              data.steps(hours),
              memory,
              scratch.path().resolve(data.label() + ".db"),
              figures);
        }
      }
      report.print();
    }
  }

  private static void row(
      Report report,
      DataSets data,
      List<Source> sources,
      int steps,
      long memory,
      Path file,
      Map<String, String> peers) {
    double entropy = Entropy.bitsPerSample(data, sources) / 8;
    double points = write(data, sources, steps, memory, file);
    double bytes = ScratchDirectory.allocatedBytes(file) / points;
    report.row(
        data.label(),
        (long) points,
        bytes,
        liveBytes(file) / points,
        entropy,
        entropy == 0 ? "" : bytes / entropy,
        gorilla(data, sources.size(), steps, 120),
        gorilla(data, sources.size(), steps, 2048),
        peers.getOrDefault(PEERS.get(0) + "." + data.label(), ""),
        peers.getOrDefault(PEERS.get(1) + "." + data.label(), ""));
  }

  /** Writes a settled database, in the order of an agent: all series, then the next time. Says how many points it has. */
  static long write(DataSets data, List<Source> sources, int steps, long memory, Path file) {
    var options = ChronicleOptions.defaults().withMemoryBytes(memory);
    try (var database = ChronicleDatabase.open(file, options)) {
      var writing = new Writing(database, BATCH);
      for (int step = 0; step < steps; step++) {
        for (Source source : sources) {
          source.step(DataSets.START_MILLIS + (long) step * data.intervalMillis, step);
          for (int i = 0; i < source.metrics.length; i++) {
            writing.batch().add(source.metrics[i], source.tags, source.nanos(), source.values[i]);
            writing.writeIfFull();
          }
        }
      }
      writing.write();
      database.compact();
      return writing.points();
    }
  }

  /** Bytes per point of the first {@code count} sources as plain Gorilla chunks of so many samples. */
  private static double gorilla(DataSets data, int count, int steps, int samplesMax) {
    var gorilla = new ClassicGorilla();
    long bytes = 0;
    long points = 0;
    for (Source source : data.open(count)) {
      var times = new long[samplesMax];
      var values = new double[source.metrics.length][samplesMax];
      for (int step = 0; step < steps; step++) {
        source.step(DataSets.START_MILLIS + (long) step * data.intervalMillis, step);
        int at = step % samplesMax;
        times[at] = source.nanos();
        for (int i = 0; i < values.length; i++) {
          values[i][at] = source.values[i];
        }
        if (at + 1 == samplesMax || step + 1 == steps) {
          for (double[] series : values) {
            bytes += gorilla.size(times, series, 0, at + 1);
          }
        }
      }
      points += (long) steps * values.length;
    }
    return bytes / (double) points;
  }

  /** Bytes of the blocks that count, in a closed database. */
  private static long liveBytes(Path file) {
    DatabaseFiles files = DatabaseFiles.of(file);
    try (var backend = DataFileBackend.open(
        new FileDisk(), files.data(), files.dataLock(), InstantSource.system())) {
      return backend.liveBytes();
    }
  }

  /** Bytes per point by {@code peer.data set}, from the tables of scale S and of the compression. */
  private static Map<String, String> read(Path results) throws IOException {
    var figures = new HashMap<String, String>();
    String[] header = {};
    String section = "";
    for (String line : Files.readAllLines(results)) {
      if (line.startsWith("#")) {
        section = line;
      }
      String[] cells = line.split("\\|");
      if (cells.length < 2) {
        header = new String[0];
      } else if (header.length == 0) {
        header = cells;
      } else {
        String peer = cells[1].trim().split(" ")[0];
        for (int i = 2; i < Math.min(cells.length, header.length); i++) {
          String column = header[i].trim().toLowerCase(Locale.ROOT);
          String figure = cells[i].trim().split(" ")[0];
          if (section.contains("Compression")) {
            figures.put(peer + "." + column, figure);
          } else if (section.contains("Scale S") && column.equals("bytes/point settled")) {
            figures.put(peer + "." + DataSets.CPU.label(), figure);
          }
        }
      }
    }
    return figures;
  }
}
