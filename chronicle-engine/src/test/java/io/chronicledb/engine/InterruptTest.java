package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.wal.WalOptions;
import io.chronicledb.engine.write.PointBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Interrupts threads within writes, queries, flushes and compactions on a real file system, where an interrupt closes the channel that a
 * thread is using. The database stays open, nobody but the interrupted one may see an error, the interrupt is still on its thread
 * afterwards, and nothing acknowledged is lost. Where the JVM has virtual threads, half of the threads are.
 */
public class InterruptTest {

  private static final int INTERRUPTS = Integer.getInteger("interrupts", 1_000);

  private static final int WRITERS = 4;

  @TempDir
  Path directory;

  private volatile boolean stopped;
  private final List<Worker> workers = new ArrayList<>();
  private final AtomicLong refused = new AtomicLong();

  /** A thread that repeats something, and can be interrupted within it. */
  private abstract class Worker implements Runnable {
    final String name;
    Thread thread;
    /** Whether there was an interrupt since the call began; changes together with the thread's own mark. */
    private boolean interrupted;

    volatile Throwable failure;
    long calls;

    Worker(String name) {
      this.name = name;
    }

    abstract void work();

    synchronized void interrupt() {
      interrupted = true;
      thread.interrupt();
    }

    private synchronized boolean isInterrupted() {
      return interrupted;
    }

    /** Ends a call: an interrupt that came within it must still be on the thread, and there must be no other. */
    private synchronized void settle() {
      assertThat(Thread.interrupted()).as(name + " is interrupted").isEqualTo(interrupted);
      interrupted = false;
    }

    @Override
    public void run() {
      try {
        while (!stopped) {
          try {
            work();
            calls++;
          } catch (ChronicleException e) {
            if (!isInterrupted()) {
              throw new AssertionError(name + " was not interrupted, but sees", e);
            }
            refused.incrementAndGet();
          }
          settle();
        }
      } catch (Throwable e) {
        failure = e;
        stopped = true;
      }
    }
  }

  private final class Writer extends Worker {
    private final ChronicleDatabase database;
    private final PointBatch batch = new PointBatch();
    private int next;
    private final List<Integer> acknowledged = new ArrayList<>();

    Writer(String name, ChronicleDatabase database) {
      super(name);
      this.database = database;
    }

    @Override
    void work() {
      int number = next++;
      batch.clear();
      batch.series("m", Tags.of("w", name));
      for (int i = 0; i < 10; i++) {
        batch.add((number * 10L + i) * 1_000_000_000L, number);
      }
      database.write(batch);
      acknowledged.add(number);
    }
  }

  private Worker worker(String name, Runnable work) {
    return new Worker(name) {
      @Override
      void work() {
        work.run();
      }
    };
  }

  @Test
  void anInterruptConcernsNobodyElse() throws Exception {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("J1").seed(seed);
    var test = new InterruptTest();
    test.run(seed, INTERRUPTS, directory);
    evidence
        .figure("interrupts", INTERRUPTS)
        .figure("calls", test.workers.stream().mapToLong(worker -> worker.calls).sum())
        .figure("calls that an interrupt ended", test.refused.get())
        .figure("virtual threads", virtualThreads() == null ? 0 : (test.workers.size() + 1) / 2)
        .passed();
  }

  /** Throws where somebody else sees an error, or something is lost. */
  public static void run(long seed, int interrupts) throws Exception {
    Path directory = Files.createTempDirectory("interrupts");
    new InterruptTest().run(seed, interrupts, directory);
  }

  private void run(long seed, int interrupts, Path directory) throws Exception {
    var random = new Random(seed);
    Path path = directory.resolve("chronicle.db");
    ChronicleOptions options = ChronicleOptions.defaults()
        .withBufferPoints(200)
        .withPartition(Duration.ofMinutes(10))
        .withWal(new WalOptions(SyncMode.SYNC, Duration.ofSeconds(1), 64 << 10, 0));
    try (var database = ChronicleDatabase.open(path, options)) {
      for (int i = 0; i < WRITERS; i++) {
        workers.add(new Writer("w" + i, database));
      }
      for (int i = 0; i < 2; i++) {
        workers.add(
            worker("reader " + i, () -> database.query("SELECT count(value), sum(value) FROM m")));
        workers.add(
            worker("PromQL " + i, () -> database.promql("m[1h]", Instant.ofEpochSecond(3_600))));
      }
      workers.add(worker("flush", database::flush));
      workers.add(worker("compaction", () -> {
        database.compact();
        LockSupport.parkNanos(5_000_000);
      }));
      workers.add(worker("deletion", () -> {
        database.delete("m{w=\"nobody\"}", TimeRange.ALL);
        LockSupport.parkNanos(1_000_000);
      }));
      ThreadFactory virtual = virtualThreads();
      for (int i = 0; i < workers.size(); i++) {
        Worker worker = workers.get(i);
        worker.thread = virtual != null && i % 2 == 0
            ? virtual.newThread(worker)
            : new Thread(worker, worker.name);
        worker.thread.start();
      }
      for (int i = 0; i < interrupts && !stopped; i++) {
        Worker worker = workers.get(random.nextInt(workers.size()));
        worker.interrupt();
        LockSupport.parkNanos(random.nextInt(4_000_000));
      }
      stopped = true;
      for (Worker worker : workers) {
        worker.thread.join();
        assertThat(worker.failure).as("-Dseed=%d, %s", seed, worker.name).isNull();
      }
      expectAcknowledged(database, workers);
      assertThat(database.verify().damages()).isEmpty();
    }
    try (var database = ChronicleDatabase.open(path, options)) {
      assertThat(database.recovery().isComplete()).isTrue();
      expectAcknowledged(database, workers);
    }
  }

  private static void expectAcknowledged(ChronicleDatabase database, List<Worker> workers) {
    Points points = Points.of(database);
    for (Worker worker : workers) {
      if (worker instanceof Writer writer) {
        var samples =
            points.samples(SeriesData.series("m{w=" + writer.name + "}").name());
        assertThat(writer.acknowledged).as(writer.name).isNotEmpty();
        for (int number : writer.acknowledged) {
          for (int i = 0; i < 10; i++) {
            assertThat(samples.get((number * 10L + i) * 1_000_000_000L))
                .as("%s, batch %d", writer.name, number)
                .isEqualTo(Double.doubleToRawLongBits(number));
          }
        }
      }
    }
  }

  /** Null before Java 21. */
  private static ThreadFactory virtualThreads() {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      return (ThreadFactory)
          Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
