package io.chronicledb.engine.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.RunMerge;
import io.chronicledb.engine.block.RunSink;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.partition.PartitionCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeadTest {

  private final PartitionCatalog empty = new PartitionCatalog(Root.EMPTY, List.of());

  /** Two metrics, so that the order of series is not that of their ids. */
  private static long order(int id) {
    return SeriesOrder.of(id % 2, id);
  }

  @Test
  void showsWhatTheNaiveModelHasWhateverTheOrderOfArrival() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      var head = new Head(HeadTest::order, 1 + random.nextInt(60), empty);
      var expected = new TreeMap<Long, TreeMap<Long, Double>>();
      int batches = 1 + random.nextInt(60);
      for (int sequence = 1; sequence <= batches; sequence++) {
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 20);
        var ids = new int[count];
        var times = new long[count];
        var values = new double[count];
        for (int i = 0; i < count; i++) {
          ids[i] = random.nextInt(2000) < 1990 ? random.nextInt(7) : random.nextInt(1 << 20);
          times[i] = random.nextInt(40) == 0
              ? (random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE - 1)
              : random.nextInt(100) - 50;
          values[i] = sequence * 1000.0 + i;
          expected.computeIfAbsent(order(ids[i]), o -> new TreeMap<>()).put(times[i], values[i]);
        }
        head.append(sequence, ids, times, values, null, count);
        if (random.nextInt(5) == 0) {
          head.seal();
        }
        if (random.nextInt(5) == 0) {
          head.mergeBlocks();
        }
        if (random.nextInt(6) == 0 || sequence == batches) {
          assertThat(read(head.snapshot()))
              .as("-Dseed=%d, round %d, sequence %d", seed, round, sequence)
              .isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void theLastOfEqualTimestampsWinsWithinABatchAndOverBatches() {
    var head = new Head(HeadTest::order, 4, empty);
    head.append(1, new int[] {0, 0, 0}, new long[] {5, 5, 4}, new double[] {1, 2, 3}, null, 3);
    assertThat(read(head.snapshot()).get(0L)).containsEntry(5L, 2.0).containsEntry(4L, 3.0);
    head.append(
        2, new int[] {0, 0}, new long[] {4, 5}, new double[] {6, 7}, null, 2); // A new buffer.
    assertThat(read(head.snapshot()).get(0L)).containsEntry(5L, 7.0).containsEntry(4L, 6.0);
    head.append(3, new int[] {0}, new long[] {5}, new double[] {Double.NaN}, null, 1);
    assertThat(read(head.snapshot()).get(0L).get(5L)).isNaN();
  }

  @Test
  void mergesKeepTheNumberOfBlocksAndTheCopyingBounded() {
    var head = new Head(HeadTest::order, 1, empty);
    var random = new Random(3);
    int most = 0;
    for (int sequence = 1; sequence <= 3000; sequence++) {
      int count = random.nextInt(50) == 0 ? 500 : 1 + random.nextInt(3);
      var times = new long[count];
      for (int i = 0; i < count; i++) {
        times[i] = sequence * 1000L + i;
      }
      head.append(sequence, new int[count], times, new double[count], null, count);
      while (head.mergeBlocks()) {
        assertThat(head.blocks()).isNotEmpty();
      }
      most = Math.max(most, head.blocks().size());
    }
    assertThat(most).isLessThan(60);
  }

  @Test
  void letsGoOfFlushedBlocksAndKeepsWhatCameSince() {
    var head = new Head(HeadTest::order, 10, empty);
    head.append(1, new int[] {0}, new long[] {1}, new double[] {1}, null, 1);
    Head.Sealed flushed = head.seal();
    head.append(2, new int[] {0}, new long[] {2}, new double[] {2}, null, 1);
    head.seal();
    head.append(3, new int[] {0}, new long[] {3}, new double[] {3}, null, 1);
    head.flushed(flushed, empty);
    assertThat(read(head.snapshot()).get(0L)).containsOnlyKeys(2L, 3L);
    assertThat(head.blocks()).hasSize(1);
    assertThat(head.isEmpty()).isFalse();
  }

  @Test
  void readersSeeWholeBatchesAndNeverFewerThanBefore() throws InterruptedException {
    int rowsOfBatch = 7;
    var head = new Head(HeadTest::order, 64, empty);
    var stop = new AtomicBoolean();
    var failure = new AtomicReference<Throwable>();
    var reads = new AtomicLong();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 3; i++) {
      threads.add(new Thread(() -> {
        long before = 0;
        while (!stop.get() && failure.get() == null) {
          try {
            var counter = new Counter();
            RunMerge.merge(cursors(head.snapshot()), counter);
            assertThat(counter.samples % rowsOfBatch).isZero();
            assertThat(counter.samples).isGreaterThanOrEqualTo(before);
            before = counter.samples;
            reads.incrementAndGet();
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
          }
        }
      }));
    }
    threads.add(new Thread(() -> {
      while (!stop.get()) {
        head.mergeBlocks();
        Thread.onSpinWait();
      }
    }));
    threads.forEach(Thread::start);
    for (int sequence = 1; sequence <= 20_000 || reads.get() < 20; sequence++) {
      if (failure.get() != null) {
        break;
      }
      var ids = new int[rowsOfBatch];
      var times = new long[rowsOfBatch];
      for (int i = 0; i < rowsOfBatch; i++) {
        ids[i] = i;
        times[i] = sequence;
      }
      head.append(sequence, ids, times, new double[rowsOfBatch], null, rowsOfBatch);
    }
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failure.get()).isNull();
  }

  @Test
  void whoSeesAPointSeesTheDeletionBeforeIt() throws InterruptedException {
    var stop = new AtomicBoolean();
    var failure = new AtomicReference<Throwable>();
    var current = new AtomicReference<>(new Head(HeadTest::order, 64, empty));
    var reader = new Thread(() -> {
      try {
        while (!stop.get()) {
          HeadSnapshot snapshot = current.get().snapshot();
          List<Tombstone> deletions = snapshot.tombstones();
          long deleted =
              deletions.isEmpty() ? 0 : deletions.get(deletions.size() - 1).sequence();
          assertThat(snapshot.runs().stream().filter(run -> run.lastSequence() > deleted))
              .hasSizeLessThan(2);
        }
      } catch (Throwable e) {
        failure.set(e);
      }
    });
    reader.start();
    // The longer the list of blocks that a reader copies, the more can come between.
    for (int round = 0; round < 600 && failure.get() == null; round++) {
      var head = new Head(HeadTest::order, 64, empty);
      current.set(head);
      for (int sequence = 1; sequence < 400; sequence += 2) {
        head.append(sequence, new int[] {0}, new long[] {sequence}, new double[1], null, 1);
        head.seal();
        head.delete(new Tombstone(sequence + 1, null, TimeRange.ALL));
      }
    }
    stop.set(true);
    reader.join();
    assertThat(failure.get()).isNull();
  }

  private static List<RunCursor> cursors(HeadSnapshot snapshot) {
    return snapshot.runs().stream().map(MemoryBlock::cursor).toList();
  }

  private static TreeMap<Long, TreeMap<Long, Double>> read(HeadSnapshot snapshot) {
    var read = new TreeMap<Long, TreeMap<Long, Double>>();
    RunMerge.merge(cursors(snapshot), new RunSink() {
      private TreeMap<Long, Double> series = new TreeMap<>();

      @Override
      public void series(long order) {
        series = new TreeMap<>();
        assertThat(read.put(order, series)).isNull();
      }

      @Override
      public void samples(
          long[] timestamps,
          double[] values,
          @Nullable HistogramColumn histograms,
          int start,
          int end) {
        for (int i = start; i < end; i++) {
          assertThat(series.put(timestamps[i], values[i])).isNull();
        }
      }
    });
    return read;
  }

  private static final class Counter implements RunSink {
    private long samples;

    @Override
    public void series(long order) {}

    @Override
    public void samples(
        long[] timestamps,
        double[] values,
        @Nullable HistogramColumn histograms,
        int start,
        int end) {
      samples += end - start;
    }
  }
}
