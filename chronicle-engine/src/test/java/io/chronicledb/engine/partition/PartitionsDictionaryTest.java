package io.chronicledb.engine.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.backend.memory.MemoryBackend;
import io.chronicledb.engine.index.SeriesDictionary;
import io.chronicledb.engine.index.SeriesRegistry;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class PartitionsDictionaryTest {

  private static final byte[] KEY = {1, 'm'};
  private static final int OTHERS = 2000;

  @Test
  void aSeriesThatCameBackIsNamedOnceWhateverCommitsFirst() {
    var backend = new MemoryBackend();
    var registry = new SeriesRegistry();
    var partitions = Partitions.open(backend, registry, 1 << 20, 1_000);
    registry.register(KEY, 0, KEY.length);
    // So many that the next commit leaves their block as it is.
    for (int i = 0; i < OTHERS; i++) {
      byte[] name = ("metric" + i * 7919).getBytes(StandardCharsets.US_ASCII);
      var key = new byte[name.length + 1];
      key[0] = (byte) name.length;
      System.arraycopy(name, 0, key, 1, name.length);
      registry.register(key, 0, key.length);
    }
    partitions.commit(Partitions.Change.nothing(), catalog -> {});
    registry.collect(RoaringBitmap.bitmapOf(0));
    assertThat(registry.register(KEY, 0, KEY.length)).isEqualTo(OTHERS + 1);
    // As a flush does that comes between the collection and the compactor's own commit.
    partitions.commit(Partitions.Change.nothing(), catalog -> {});
    var reopened = new SeriesRegistry();
    for (StoredBlock block : SeriesBlocks.of(backend.root())) {
      SeriesDictionary.load(backend.read(block, 0, block.length()), reopened);
    }
    assertThat(reopened.find(KEY, 0, KEY.length)).isEqualTo(OTHERS + 1);
    assertThat(reopened.liveCount()).isEqualTo(OTHERS + 1);
  }
}
