package io.chronicledb.engine;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.wal.WalOptions;
import io.chronicledb.engine.write.WritePosition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.LoggerFactory;

/** A database in a test: opened on a disk of the test's, written in {@link SeriesData}. */
public final class TestDatabase implements AutoCloseable {

  public static final Path PATH = Path.of("/test/chronicle.db");

  private static int quiet;
  private static Level loud;

  private final ChronicleDatabase engine;
  private WritePosition last;

  private TestDatabase(ChronicleDatabase engine) {
    this.engine = engine;
  }

  /** Opens with nothing in the background that a test does not ask for. */
  public static TestDatabase open(Disk disk) {
    return open(disk, SyncMode.INTERVAL);
  }

  public static TestDatabase open(Disk disk, SyncMode mode) {
    return open(disk, options(mode));
  }

  public static TestDatabase open(Disk disk, ChronicleOptions options) {
    return new TestDatabase(ChronicleDatabase.open(disk, PATH, options));
  }

  /** Options with intervals that no test reaches. */
  public static ChronicleOptions options(SyncMode mode) {
    return options(mode, 128 << 20, 3);
  }

  public static ChronicleOptions options(SyncMode mode, long segmentBytes, int segmentsMin) {
    return ChronicleOptions.defaults()
        .withFlushInterval(Duration.ofDays(1))
        .withCompactionInterval(Duration.ZERO)
        .withWal(new WalOptions(mode, Duration.ofDays(1), segmentBytes, segmentsMin));
  }

  public static Path walDirectory() {
    return DatabaseFiles.of(PATH).wal();
  }

  /** The segments of the log on a disk, the oldest first. */
  public static List<Path> segments(FaultyDisk disk) {
    return disk.files().stream()
        .filter(path -> path.toString().endsWith(".wal"))
        .toList();
  }

  public ChronicleDatabase engine() {
    return engine;
  }

  public TestDatabase write(SeriesData data) {
    last = engine.write(data.toBatch());
    return this;
  }

  /** Makes everything written durable. */
  public TestDatabase sync() {
    last.awaitDurable();
    return this;
  }

  public TestDatabase flush() {
    engine.flush();
    return this;
  }

  /** The work after a flush, here and now. */
  public static void mergePiledUp(ChronicleDatabase database) {
    database.compactor().mergePiledUp();
  }

  /** Applies deletions, and merges nothing else. */
  public static void applyDeletions(ChronicleDatabase database) {
    database.compactor().applyDeletions();
  }

  /** The work of the compaction interval, here and now. */
  public static void settle(ChronicleDatabase database) {
    database.compactor().settle();
  }

  @Override
  public void close() {
    engine.close();
  }

  /** Ends the threads of a database whose disk has gone. */
  public static void abandon(ChronicleDatabase database) {
    if (database != null) {
      quietly(() -> {
        try {
          database.close();
        } catch (ChronicleException e) {
          // Its files are gone; that it says so is right.
        }
      });
    }
  }

  /** Runs something that is meant to fail, without its log; several threads may. */
  public static void quietly(Runnable work) {
    var logger = (Logger) LoggerFactory.getLogger("io.chronicledb.engine");
    synchronized (logger) {
      if (quiet++ == 0) {
        loud = logger.getLevel();
        logger.setLevel(Level.OFF);
      }
    }
    try {
      work.run();
    } finally {
      synchronized (logger) {
        if (--quiet == 0) {
          logger.setLevel(loud);
        }
      }
    }
  }

  /** The seed of a random test: -Dseed, or a new one. */
  public static long seed() {
    return Long.getLong("seed", System.nanoTime());
  }
}
