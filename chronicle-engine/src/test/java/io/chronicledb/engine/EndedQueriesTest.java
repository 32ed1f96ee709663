package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.QueryEngine;
import io.chronicledb.engine.query.QueryLimits;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.query.QueryPlanner;
import io.chronicledb.engine.query.RunningQuery;
import io.chronicledb.engine.query.SqlRows;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.storage.file.FileDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.wal.WriteAheadLog;
import io.chronicledb.engine.write.PointBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Queries that end before they are done, cancelled, given up or over their memory, leave nothing behind: no thread, no pinned block, no held
 * memory, no turn.
 *
 * <p>{@code -Dqueries.ended} says how many; {@code -Dseed} runs the same ones again.
 */
class EndedQueriesTest {

  private static final int ENDED = Integer.getInteger("queries.ended", 1_000);
  private static final int CONCURRENT = 3;
  private static final int CLIENTS = 6;
  private static final int HOSTS = 20;
  private static final int SAMPLES = 1_500;
  private static final long SECOND = 1_000_000_000L;

  /** One of them asks PromQL, since both languages share turns and memory. */
  private static final String PROMQL = "sum by (host) (rate(m[5m]))";

  private static final List<String> STATEMENTS = List.of(
      "SELECT percentile(value, 90), stddev(value) FROM m GROUP BY time(1m), host",
      "SELECT * FROM m ORDER BY value DESC, time",
      "SELECT value * 2 AS doubled, host FROM m WHERE value > 5",
      "SELECT max(rate(value)) FROM m GROUP BY time(10s)",
      "SELECT mean(a), max(b) FROM w WHERE a > 2 GROUP BY time(1m), host",
      "SELECT * FROM w WHERE a > b");

  @TempDir
  Path directory;

  private final long seed = TestDatabase.seed();
  private final Set<Thread> threadsBefore = queryThreads();
  private final ExecutorService clients = Executors.newCachedThreadPool();

  @SuppressWarnings("NullAway.Init") // Each test opens it.
  private StorageBackend storage;

  @AfterEach
  void endClients() {
    clients.shutdownNow();
  }

  private ChronicleDatabase open(QueryLimits limits) {
    ChronicleOptions options = TestDatabase.options(SyncMode.INTERVAL)
        .withMemoryBytes(256L << 20)
        .withQuery(limits.withConcurrentMax(CONCURRENT).withTimeout(Duration.ofMinutes(5)));
    var disk = new FileDisk();
    DatabaseFiles files = DatabaseFiles.of(directory.resolve("chronicle.db"));
    storage = DataFileBackend.open(disk, files.data(), files.dataLock(), options.clock());
    var wal = WriteAheadLog.open(disk, files.wal(), options.wal());
    var database = ChronicleDatabase.open(storage, wal, QueryPlanner.standard(), options);
    // A third settled, a third flushed, a third in memory.
    write(database, 0, SAMPLES / 3);
    database.compact();
    write(database, SAMPLES / 3, SAMPLES * 2 / 3);
    database.flush();
    write(database, SAMPLES * 2 / 3, SAMPLES);
    return database;
  }

  private static void write(ChronicleDatabase database, int from, int to) {
    var batch = new PointBatch();
    for (int host = 0; host < HOSTS; host++) {
      Tags tags = Tags.of("host", "h" + host);
      int fields = host < 5 ? 2 : 0; // A quarter has the wide table as well.
      batch.series("m", tags);
      for (int i = from; i < to; i++) {
        batch.add(i * SECOND, value(i, host));
      }
      for (int field = 0; field < fields; field++) {
        batch.series(field == 0 ? "w_a" : "w_b", tags);
        for (int i = from; i < to; i++) {
          batch.add(i * SECOND, value(i, host + field));
        }
      }
    }
    database.write(batch);
  }

  private static double value(int i, int salt) {
    return (i * 7919L + salt * 31L) % 1000 / 10.0;
  }

  private static Set<Thread> queryThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("chronicle-query"))
        .collect(Collectors.toSet());
  }

  private int newThreads() {
    Set<Thread> threads = queryThreads();
    threads.removeAll(threadsBefore);
    return threads.size();
  }

  /** Nobody asks any more. */
  private void expectNothingLeft(ChronicleDatabase database) throws InterruptedException {
    QueryEngine queries = database.queryEngine();
    assertThat(queries.running()).as("-Dseed=%d", seed).isEmpty();
    assertThat(queries.heldBytes()).as("bytes held, -Dseed=%d", seed).isZero();
    assertThat(storage.oldestPin()).as("a pin, -Dseed=%d", seed).isEqualTo(Long.MAX_VALUE);
    assertThat(newThreads())
        .as("helping threads, -Dseed=%d", seed)
        .isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
    // Every turn can be had at once.
    var open = new ArrayList<SqlRows>();
    for (int i = 0; i < CONCURRENT; i++) {
      open.add(database.rows("SELECT * FROM m"));
    }
    assertThat(queries.running()).hasSize(CONCURRENT).noneMatch(RunningQuery::waiting);
    open.forEach(SqlRows::close);
    database.close();
    long deadline = System.nanoTime() + 10 * SECOND;
    while (newThreads() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertThat(newThreads()).as("threads of a closed database").isZero();
  }

  /** What a query answers, as far as it tells a right answer from one that lacks something. */
  private static double digest(Table table) {
    double digest = table.rowCount();
    for (Table.Column column : table.columns()) {
      if (column.doubles() != null) {
        for (int row = 0; row < table.rowCount(); row++) {
          digest += column.doubles().isAbsent(row) ? 1e9 : column.doubles().get(row) * (row % 17);
        }
      }
    }
    return digest;
  }

  @Test
  void cancelledQueriesLeaveNothing() throws Exception {
    Evidence evidence = Evidence.of("L5.cancel").seed(seed);
    var random = new Random(seed);
    ChronicleDatabase database = open(QueryLimits.defaults().withMemoryBytes(64L << 20));
    QueryEngine queries = database.queryEngine();
    double[] expected =
        STATEMENTS.stream().mapToDouble(text -> digest(database.query(text))).toArray();
    var stop = new AtomicInteger();
    var cancelled = new AtomicInteger();
    var completed = new AtomicInteger();
    var results = new ArrayList<Future<?>>();
    for (int i = 0; i < CLIENTS; i++) {
      var choice = new Random(random.nextLong());
      boolean promql = i == 0;
      results.add(clients.submit(() -> {
        while (stop.get() == 0) {
          int statement = choice.nextInt(STATEMENTS.size());
          try {
            if (promql) {
              queries.promql(PROMQL, 0, SAMPLES * SECOND, SECOND, QueryOptions.defaults());
            } else {
              assertThat(digest(database.query(STATEMENTS.get(statement))))
                  .as(STATEMENTS.get(statement))
                  .isEqualTo(expected[statement]);
            }
            completed.incrementAndGet();
          } catch (ChronicleException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.QUERY_CANCELED);
            cancelled.incrementAndGet();
          }
        }
        return null;
      }));
    }
    int waiting = 0;
    long slowest = 0;
    while (cancelled.get() < ENDED && results.stream().noneMatch(Future::isDone)) {
      LockSupport.parkNanos(random.nextInt(2_000_000));
      var running = new ArrayList<>(queries.running());
      if (running.isEmpty()) {
        continue;
      }
      // One, or some at the same time.
      Collections.shuffle(running, random);
      var ending = new HashSet<Long>();
      for (RunningQuery chosen : running.subList(0, 1 + random.nextInt(running.size()))) {
        if (queries.cancel(chosen.id())) {
          ending.add(chosen.id());
          waiting += chosen.waiting() ? 1 : 0;
        }
      }
      slowest = Math.max(slowest, awaitEnd(queries, ending));
    }
    stop.set(1);
    for (Future<?> result : results) {
      result.get(1, TimeUnit.MINUTES);
    }
    assertThat(waiting).as("cancelled while they waited, -Dseed=%d", seed).isPositive();
    expectNothingLeft(database);
    evidence
        .figure("queries cancelled", cancelled.get())
        .figure("of them before their turn", waiting)
        .figure("queries beside them that answered right", completed.get())
        .figure("ms until the slowest had ended", TimeUnit.NANOSECONDS.toMillis(slowest))
        .passed();
  }

  private static long awaitEnd(QueryEngine queries, Set<Long> ids) {
    long began = System.nanoTime();
    while (queries.running().stream().anyMatch(query -> ids.contains(query.id()))) {
      assertThat(System.nanoTime() - began).as("a cancelled query goes on").isLessThan(5 * SECOND);
      LockSupport.parkNanos(100_000);
    }
    return System.nanoTime() - began;
  }

  @Test
  void rowsThatAreClosedEarlyLeaveNothing() throws Exception {
    Evidence evidence = Evidence.of("L5.abandon").seed(seed);
    var random = new Random(seed);
    // Enough to sort all, and so little that rows come in parts.
    ChronicleDatabase database = open(QueryLimits.defaults().withMemoryBytes(3L << 20));
    var work = new ArrayList<Callable<Integer>>();
    for (int i = 0; i < ENDED; i++) {
      var choice = new Random(random.nextLong());
      work.add(() -> abandon(database, choice));
    }
    int rows = 0;
    ExecutorService four = Executors.newFixedThreadPool(4);
    try {
      for (Future<Integer> result : four.invokeAll(work)) {
        rows += result.get();
      }
    } finally {
      four.shutdownNow();
    }
    expectNothingLeft(database);
    evidence
        .figure("results closed before their end", ENDED)
        .figure("rows of them that were read", rows)
        .passed();
  }

  /** Starts a statement, reads nothing, some rows or some parts of it, and closes it. */
  private static int abandon(ChronicleDatabase database, Random choice) {
    // Mostly those that come in parts.
    String text = STATEMENTS.get(choice.nextBoolean() ? 2 : choice.nextInt(STATEMENTS.size()));
    int read = 0;
    try (SqlRows rows = database.rows(text)) {
      switch (choice.nextInt(4)) {
        case 0 -> {}
        case 1 -> {
          for (int parts = choice.nextInt(3); parts > 0; parts--) {
            Table table = rows.next();
            read += table == null ? 0 : table.rowCount();
          }
        }
        case 2 -> {
          Iterator<Table.Row> iterator = rows.iterator();
          for (int left = choice.nextInt(3_000); left > 0 && iterator.hasNext(); left--) {
            iterator.next();
            read++;
          }
        }
        default -> {
          try (var stream = rows.stream()) {
            read += (int) stream.limit(choice.nextInt(3_000)).count();
          }
          rows.close();
        }
      }
    }
    return read;
  }

  @Test
  void aQueryOverItsMemoryEndsAlone() throws Exception {
    var random = new Random(seed);
    ChronicleDatabase database = open(QueryLimits.defaults().withMemoryBytes(1L << 20));
    String modest = "SELECT mean(value), max(value), count(value) FROM m GROUP BY host";
    double expected = digest(database.query(modest));
    var greedyLeft = new AtomicInteger(40);
    var right = new AtomicInteger();
    var results = new ArrayList<Future<?>>();
    for (int i = 0; i < 2; i++) {
      results.add(clients.submit(() -> {
        while (greedyLeft.getAndDecrement() > 0) {
          ErrorCode code = null;
          try {
            database.query("SELECT * FROM m ORDER BY value");
          } catch (ChronicleException e) {
            code = e.code();
          }
          assertThat(code).isEqualTo(ErrorCode.QUERY_MEMORY_EXCEEDED);
        }
        return null;
      }));
      results.add(clients.submit(() -> {
        while (greedyLeft.get() > 0) {
          assertThat(digest(database.query(modest))).isEqualTo(expected);
          right.incrementAndGet();
          LockSupport.parkNanos(random.nextInt(1_000_000));
        }
        return null;
      }));
    }
    for (Future<?> result : results) {
      result.get(1, TimeUnit.MINUTES);
    }
    assertThat(right.get()).isPositive();
    expectNothingLeft(database);
  }
}
