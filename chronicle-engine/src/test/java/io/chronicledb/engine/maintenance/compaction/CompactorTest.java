package io.chronicledb.engine.maintenance.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.memory.MemoryBackend;
import io.chronicledb.engine.block.RunMerge;
import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.head.MemoryBlock;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.partition.BlockCache;
import io.chronicledb.engine.partition.PartitionWriter;
import io.chronicledb.engine.partition.Partitions;
import io.chronicledb.engine.read.ReadView;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CompactorTest {

  private static final byte[] KEY = {1, 'm'};
  private static final byte[] OTHER_KEY = {1, 'n'};

  private final MemoryBackend memory = new MemoryBackend();
  /** Done right before the next reads of blocks. */
  private final ArrayDeque<Runnable> beforeReads = new ArrayDeque<>();

  private final StorageBackend backend = (StorageBackend) Proxy.newProxyInstance(
      StorageBackend.class.getClassLoader(),
      new Class<?>[] {StorageBackend.class},
      (proxy, method, arguments) -> {
        if (method.getName().equals("read") && !beforeReads.isEmpty()) {
          beforeReads.remove().run();
        }
        return method.invoke(memory, arguments);
      });
  private final SeriesRegistry registry = new SeriesRegistry();
  private final Partitions partitions = Partitions.open(backend, registry, 1 << 20, 1_000);
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
      head.append(sequence, new int[] {id}, new long[] {sequence}, new double[] {1}, null, 1);
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

  @Test
  void aSeriesThatIsFlushedWhileDeadOnesAreSoughtStays() {
    int first = registry.register(KEY, 0, KEY.length);
    int second = registry.register(OTHER_KEY, 0, OTHER_KEY.length);
    // The look at storage has a new block to read, and meanwhile the points of the second series
    // leave the head.
    meanwhile.add(() -> {
      head.append(1, new int[] {first}, new long[] {1}, new double[] {1}, null, 1);
      flush();
      head.append(2, new int[] {second}, new long[] {2}, new double[] {2}, null, 1);
      beforeReads.add(this::flush);
    });
    compactor.applyDeletions();
    assertThat(beforeReads).isEmpty();
    assertThat(registry.isLive(first)).isTrue();
    assertThat(registry.isLive(second)).isTrue();
  }

  private void flush() {
    Head.Sealed sealed = head.seal();
    MemoryBlock block = sealed.blocks().get(0);
    var writer = new PartitionWriter(
        backend,
        time -> TimeRange.ALL,
        new PartitionWriter.Output(
            block.firstSequence(),
            block.lastSequence(),
            List.of(),
            new ChunkEncoder(Effort.FRESH),
            1 << 20));
    RunMerge.merge(List.of(block.cursor()), writer);
    partitions.commit(
        new Partitions.Change(
            sealed.lastSequence(), writer.finish(), Set.of(), List.of(), Set.of(), false),
        catalog -> head.flushed(sealed, catalog));
  }
}
