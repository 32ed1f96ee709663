package io.chronicledb.engine.recovery;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.HistogramPoints;
import io.chronicledb.engine.SeriesData;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.wal.WalOptions;
import io.chronicledb.engine.write.PointBatch;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/**
 * A process that writes until it is killed; see {@link KillTest}. Each thread writes its own series, whose points are numbered, and says on
 * the standard output which numbers it is about to write, and which are acknowledged.
 */
public final class KillChild {

  /** Nanoseconds between two points. */
  private static final long STEP = 100_000_000;

  private static final long LATE = 120_000_000_000L;

  private KillChild() {}

  /** Everything that is chosen anew at each start. */
  record Setup(
      String life,
      SyncMode mode,
      int threads,
      int batch,
      int bufferPoints,
      int segmentBytes,
      int partitionMinutes,
      int flushMillis,
      int compactionMillis) {

    static Setup random(String life, Random random) {
      return new Setup(
          life,
          SyncMode.values()[random.nextInt(3)],
          1 + random.nextInt(8),
          1 + random.nextInt(random.nextBoolean() ? 10 : 500),
          10 + random.nextInt(5_000),
          (64 << 10) << random.nextInt(4),
          1 + random.nextInt(120),
          20 + random.nextInt(500),
          20 + random.nextInt(500));
    }

    String text() {
      return String.join(
          ",",
          life,
          mode.name(),
          "" + threads,
          "" + batch,
          "" + bufferPoints,
          "" + segmentBytes,
          "" + partitionMinutes,
          "" + flushMillis,
          "" + compactionMillis);
    }

    static Setup parse(String text) {
      String[] parts = text.split(",");
      var numbers = new int[parts.length];
      for (int i = 2; i < parts.length; i++) {
        numbers[i] = Integer.parseInt(parts[i]);
      }
      return new Setup(
          parts[0],
          SyncMode.valueOf(parts[1]),
          numbers[2],
          numbers[3],
          numbers[4],
          numbers[5],
          numbers[6],
          numbers[7],
          numbers[8]);
    }

    ChronicleOptions options() {
      return ChronicleOptions.defaults()
          .withMemoryBytes(16 << 20)
          .withBufferPoints(bufferPoints)
          .withPartition(Duration.ofMinutes(partitionMinutes))
          .withFlushInterval(Duration.ofMillis(flushMillis))
          .withCompactionInterval(Duration.ofMillis(compactionMillis))
          .withWal(new WalOptions(mode, Duration.ofMillis(100), segmentBytes, 0));
    }

    String series(int thread) {
      return life + "t" + thread;
    }
  }

  static String name(String series) {
    return SeriesData.series("kill{series=" + series + "}").name();
  }

  /** Two of three points come late; all differ. */
  static long timestamp(int number) {
    return number * STEP + number % 3 * LATE;
  }

  /** -1 where no number has this timestamp. */
  static int number(long timestamp) {
    for (int late = 0; late < 3; late++) {
      long number = (timestamp - late * LATE) / STEP;
      if (number >= 0 && number % 3 == late && timestamp((int) number) == timestamp) {
        return (int) number;
      }
    }
    return -1;
  }

  static double value(String series, int number) {
    long z = (series.hashCode() * 31L + number) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    return (z >>> 11) * 0x1p-53;
  }

  public static void main(String[] arguments) throws Exception {
    Setup setup = Setup.parse(arguments[1]);
    PrintStream out = System.out;
    ChronicleDatabase database = ChronicleDatabase.open(Path.of(arguments[0]), setup.options());
    say(out, "ready");
    var threads = new Thread[setup.threads];
    for (int i = 0; i < setup.threads; i++) {
      int thread = i;
      threads[i] = new Thread(() -> write(database, setup, thread, out));
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void write(ChronicleDatabase database, Setup setup, int thread, PrintStream out) {
    String series = setup.series(thread);
    var batch = new PointBatch();
    int next = 0;
    while (true) {
      batch.clear();
      batch.series("kill", Tags.of("series", series));
      int end = next + setup.batch;
      for (int number = next; number < end; number++) {
        HistogramPoints.add(
            batch,
            timestamp(number),
            value(series, number),
            thread % 4 == 3 || thread % 4 == 2 && number / 50 % 2 == 1);
      }
      say(out, "i " + thread + " " + end);
      while (true) {
        try {
          database.write(batch);
          break;
        } catch (ChronicleException e) {
          if (e.code() != ErrorCode.OVERLOADED) {
            say(out, "e " + String.valueOf(e).replace('\n', ' '));
            return;
          }
        }
      }
      say(out, "a " + thread + " " + end);
      next = end;
    }
  }

  /** The full stop tells a whole line from one that the kill cut. */
  private static void say(PrintStream out, String line) {
    byte[] bytes = (line + " .\n").getBytes(StandardCharsets.US_ASCII);
    synchronized (out) {
      out.write(bytes, 0, bytes.length);
      out.flush();
    }
  }
}
