package io.chronicledb.engine.maintenance.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.backend.memory.MemoryBackend;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.partition.BlockCache;
import io.chronicledb.engine.partition.Partitions;
import io.chronicledb.engine.read.ReadView;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompactorTest {

  private static final byte[] KEY = {1, 'm'};

  private final MemoryBackend backend = new MemoryBackend();
  private final SeriesRegistry registry = new SeriesRegistry();
  private final Partitions partitions = Partitions.open(backend, registry, 1 << 20);
  private final Head head = new Head(registry::order, 1, partitions.catalog());
  /** Done right before the next works that no write may interrupt. */
  private final ArrayDeque<Runnable> meanwhile = new ArrayDeque<>();

  private final Compactor compactor = new Compactor(
      partitions,
      head,
      registry,
      work -> {
        if (!meanwhile.isEmpty()) {
          meanwhile.remove().run();
        }
        work.run();
      },
      3_600_000_000_000L,
      1 << 20,
      false,
      () -> false);

  private ReadView view() {
    var pin = backend.pin();
    return new ReadView(
        registry, head.snapshot(), new BlockCache(backend, () -> Long.MAX_VALUE), pin);
  }

  @Test
  void aSeriesThatIsDeletedWhileDeadOnesAreSoughtStaysForThoseWhoSawIt() {
    int id = registry.register(KEY, 0, KEY.length);
    long order = registry.order(id);
    for (int sequence = 1; sequence <= Head.MERGE_FANOUT; sequence++) {
      head.append(sequence, new int[] {id}, new long[] {sequence}, new double[] {1}, 1);
    }
    head.seal();
    var views = new ArrayDeque<ReadView>();
    meanwhile.add(() -> {
      partitions.commit(Partitions.Change.nothing(), head::rearranged);
      views.add(view());
      head.delete(new Tombstone(100, null, TimeRange.ALL));
      assertThat(head.mergeBlocks()).isTrue();
    });
    compactor.applyDeletions();
    try (ReadView seen = views.remove()) {
      assertThat(seen.select(List.of(), () -> {})).containsExactly(order);
      assertThat(seen.tags(order).size()).isEqualTo(1);
    }
    assertThat(registry.liveCount()).isEqualTo(1);
    compactor.applyDeletions();
    assertThat(registry.liveCount()).isZero();
  }
}
