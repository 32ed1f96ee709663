package io.chronicledb.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.integrity.IntegrityReport;
import io.chronicledb.engine.reliability.Evidence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The promise for a killed process: in the modes {@code sync} and {@code interval}, every acknowledged point is there after the restart, once and
 * with its value, and nothing is there that nobody wrote. Clients write without pause while the server is killed at random moments, in the
 * middle of its start too, and comes back with another configuration each time, so small that rotation, flush and recovery happen all the
 * time.
 *
 * <p>{@code -Dit.kills} is the number of kills in both modes together, {@code -Dseed} repeats a run as far as clocks and threads allow.
 */
class KillLedgerIT {

  private static final int KILLS = Integer.getInteger("it.kills", 50) / 2;
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private static final int WRITERS = 4;
  private static final int SERIES_PER_WRITER = 4;
  private static final int SERIES_CHECKED_PER_RESTART = 4;
  private static final long WRITING_MILLIS_MAX = 900;

  /** One of so many kills comes while the server starts. */
  private static final int KILL_IN_START = 5;

  private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
  private final List<LedgerWriter> writers = new ArrayList<>();
  private final List<Long> startMillis = new ArrayList<>();

  @TempDir
  static Path unpacked;

  private static List<String> program;

  /** What a failed run leaves behind is the evidence. */
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @BeforeAll
  static void unpack() throws Exception {
    program = ServerProcess.unpack(unpacked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sync", "interval"})
  void keepsEveryAcknowledgedPointOfAKilledServer(String mode) throws Exception {
    System.out.printf("kill ledger, %s: -Dseed=%d%n", mode, SEED);
    Evidence evidence = Evidence.of("D1.server." + mode).seed(SEED);
    var random = new SplittableRandom(SEED ^ mode.hashCode());
    // Timestamps lie in the recent past, so that points are spread over several partitions.
    var ledger = new PointLedger(SEED, Instant.now().minus(Duration.ofHours(6)).toEpochMilli());
    int killsInStart = 0;
    try (var server = new ServerProcess(directory, program)) {
      for (int i = 0; i < WRITERS; i++) {
        writers.add(new LedgerWriter("w" + i, server.http(), ledger, random.split()));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        if (kill > 0 && random.nextInt(KILL_IN_START) == 0) {
          server.launch(configuration(mode, random));
          Await.pause(Duration.ofMillis(random.nextLong(medianStartMillis() + 1)));
          server.kill();
          killsInStart++;
        } else {
          start(server, configuration(mode, random));
          checkSome(server, ledger, random);
          writeAndKill(server, random);
        }
      }
      start(server, configuration(mode, random));
      long present = checkAll(server, ledger);
      Map<String, Integer> digest = digest(server, ledger);
      server.stop();
      start(server, configuration(mode, random));
      assertThat(digest(server, ledger)).as("after a clean restart").isEqualTo(digest);
      Duration stop = server.stop();
      IntegrityReport integrity = verify(server);
      assertThat(integrity.damages()).isEmpty();
      assertThat(ledger.acknowledged()).as("acknowledged points").isGreaterThan(KILLS * 100L);
      evidence
          .figure("kills", KILLS)
          .figure("of them in a start", killsInStart)
          .figure("points attempted", ledger.attempted())
          .figure("points acknowledged", ledger.acknowledged())
          .figure("points present", present)
          .figure("ms median start", medianStartMillis())
          .figure("ms stop", stop.toMillis())
          .figure("bytes of data file", Files.size(server.dataFile()))
          .passed();
    } finally {
      threads.shutdownNow();
    }
  }

  /** As small as can be configured, and different each time. */
  private static String[] configuration(String mode, SplittableRandom random) {
    return new String[] {
      "--chronicle.wal.sync=" + mode,
      "--chronicle.wal.sync-interval=" + pick(random, "50ms", "200ms", "1s"),
      "--chronicle.wal.max-size=" + pick(random, "64KB", "64KB", "256KB", "2MB"),
      "--chronicle.wal.max-files=" + pick(random, "0", "1", "3"),
      "--chronicle.buffer-size=" + pick(random, "100", "1000", "10000"),
      "--chronicle.flush-interval=" + pick(random, "100ms", "1s", "5m"),
      "--chronicle.partition-duration=" + pick(random, "1m", "10m", "1h"),
      "--chronicle.compaction.interval=" + pick(random, "200ms", "1s", "30m"),
      "--chronicle.max-memory=" + pick(random, "16MB", "32MB", "64MB")
    };
  }

  private static String pick(SplittableRandom random, String... values) {
    return values[random.nextInt(values.length)];
  }

  private void start(ServerProcess server, String[] configuration) throws Exception {
    long started = System.nanoTime();
    server.start(configuration);
    startMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
  }

  private long medianStartMillis() {
    return startMillis.stream()
        .sorted()
        .skip(startMillis.size() / 2)
        .findFirst()
        .orElse(0L);
  }

  private void writeAndKill(ServerProcess server, SplittableRandom random) throws Exception {
    var running = new ArrayList<Future<?>>();
    for (LedgerWriter writer : writers) {
      // New series each time: the log must name them before their points.
      for (int i = random.nextInt(1, SERIES_PER_WRITER + 1); i > 0; i--) {
        writer.addSeries();
      }
      running.add(threads.submit(() -> {
        writer.run();
        return null;
      }));
    }
    Await.pause(Duration.ofMillis(random.nextLong(WRITING_MILLIS_MAX)));
    server.kill();
    writers.forEach(LedgerWriter::stop);
    for (Future<?> writer : running) {
      writer.get(1, TimeUnit.MINUTES);
    }
  }

  private static void checkSome(ServerProcess server, PointLedger ledger, SplittableRandom random)
      throws Exception {
    var all = new ArrayList<>(ledger.allSeries());
    for (int i = 0; i < SERIES_CHECKED_PER_RESTART && !all.isEmpty(); i++) {
      check(server, all.remove(random.nextInt(all.size())));
    }
  }

  /** Every series, read in both languages; answers the number of points. */
  private static long checkAll(ServerProcess server, PointLedger ledger) throws Exception {
    var counts = new TreeMap<String, Long>();
    for (PointLedger.Series series : ledger.allSeries()) {
      long points = check(server, series);
      if (points > 0) {
        counts.put(series.name(), points);
      }
    }
    var sqlCounts = new TreeMap<String, Long>();
    for (String row : server.http().sqlRows("SELECT count(value) FROM ledger GROUP BY series")) {
      String[] cells = row.split(",");
      sqlCounts.put(cells[0].replace("\"", ""), Math.round(Double.parseDouble(cells[1])));
    }
    assertThat(sqlCounts).as("points by SQL").isEqualTo(counts);
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** One series through a raw range selector; answers the number of its points. */
  private static long check(ServerProcess server, PointLedger.Series series) throws Exception {
    JsonNode result = server
        .http()
        .prometheus(
            "/api/v1/query",
            Map.of(
                "query",
                "ledger{series=\"" + series.name() + "\"}[10d]",
                "time",
                String.valueOf(Instant.now().plus(Duration.ofDays(5)).getEpochSecond())))
        .get("result");
    assertThat(result.size()).as("series named %s", series.name()).isLessThanOrEqualTo(1);
    JsonNode samples = result.at("/0/values");
    var timestamps = new long[samples.size()];
    var values = new double[samples.size()];
    for (int i = 0; i < timestamps.length; i++) {
      timestamps[i] = Math.round(samples.get(i).get(0).asDouble() * 1000);
      values[i] = Double.parseDouble(samples.get(i).get(1).asString());
    }
    PointLedger.Verdict verdict = series.judgeMillis(timestamps, values);
    assertThat(verdict.isClean())
        .as("-Dseed=%s: %s%s", SEED, verdict, server.outputTail())
        .isTrue();
    return verdict.points();
  }

  /** A hash of all points of each series, to the nanosecond, which are judged on the way. */
  private static Map<String, Integer> digest(ServerProcess server, PointLedger ledger)
      throws Exception {
    var digest = new TreeMap<String, Integer>();
    for (PointLedger.Series series : ledger.allSeries()) {
      String[] rows = server
          .http()
          .sqlRows("SELECT time, value FROM ledger WHERE series = '" + series.name() + "'");
      var timestamps = new long[rows.length];
      var values = new double[rows.length];
      for (int i = 0; i < rows.length; i++) {
        int comma = rows[i].indexOf(',');
        timestamps[i] = Long.parseLong(rows[i].substring(0, comma));
        values[i] = Double.parseDouble(rows[i].substring(comma + 1));
      }
      PointLedger.Verdict verdict = series.judgeNanos(timestamps, values);
      assertThat(verdict.isClean()).as("-Dseed=%s: %s", SEED, verdict).isTrue();
      digest.put(series.name(), 31 * Arrays.hashCode(timestamps) + Arrays.hashCode(values));
    }
    return digest;
  }

  private static IntegrityReport verify(ServerProcess server) {
    try (var database = ChronicleDatabase.open(server.dataFile())) {
      return database.verify();
    }
  }
}
