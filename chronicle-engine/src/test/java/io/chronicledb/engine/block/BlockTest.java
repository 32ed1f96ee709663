package io.chronicledb.engine.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BlockTest {

  @Test
  void givesBackWhatWasWritten() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      var model = RunFixture.random(random, 12, round % 10 == 0 ? 6000 : 50);
      Block block = RunFixture.block(model);
      assertThat(RunFixture.read(block, TimeRange.ALL)).as("-Dseed=%d", seed).isEqualTo(model);
      assertThat(block.seriesCount()).isEqualTo(model.size());
      assertThat(block.sampleCount())
          .isEqualTo(model.values().stream().mapToLong(TreeMap::size).sum());
      assertThat(block.minTime())
          .isEqualTo(model.values().stream().mapToLong(TreeMap::firstKey).min().orElseThrow());
      assertThat(block.maxTime())
          .isEqualTo(model.values().stream().mapToLong(TreeMap::lastKey).max().orElseThrow());
    }
  }

  @Test
  void readsAnyRangeIncludingThoseThatStartAndEndInsideAChunk() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    var model = RunFixture.random(random, 5, 7000);
    Block block = RunFixture.block(model);
    for (int round = 0; round < 200; round++) {
      long start = random.nextInt(30_000) - 2000;
      var range = new TimeRange(start, start + random.nextInt(20_000));
      var expected = new TreeMap<Long, TreeMap<Long, Long>>();
      model.forEach((order, samples) -> {
        var within = new TreeMap<>(samples.subMap(range.start(), range.end()));
        if (!within.isEmpty()) {
          expected.put(order, within);
        }
      });
      assertThat(RunFixture.read(block, range))
          .as("%s, -Dseed=%d", range, seed)
          .isEqualTo(expected);
    }
  }

  @Test
  void givesBackTheEndsOfTime() {
    var writer = new BlockWriter(TimeRange.ALL, 1, 1, new ChunkEncoder(Effort.FRESH));
    writer.series(SeriesOrder.of(0, 0));
    writer.samples(
        new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE - 1}, new double[] {1, 2, 3}, null, 0, 3);
    ByteBuffer bytes = writer.finish();
    Block block = RunFixture.open(Arrays.copyOf(bytes.array(), bytes.limit()));
    assertThat(RunFixture.read(block, TimeRange.ALL).get(0L).keySet())
        .containsExactly(Long.MIN_VALUE, 0L, Long.MAX_VALUE - 1);
  }

  @Test
  void everyFlippedBitIsDetectedOrHarmless() {
    long seed = TestDatabase.seed();
    var model = RunFixture.random(new Random(seed), 8, 80);
    ByteBuffer encoded = RunFixture.encode(model);
    byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
    int detected = 0;
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
      try {
        var read = RunFixture.read(RunFixture.open(bytes), TimeRange.ALL);
        assertThat(read).as("bit %d, -Dseed=%d", bit, seed).isEqualTo(model);
      } catch (ChronicleException e) {
        detected++; // A typed error; anything else fails the test.
      }
      bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
    }
    assertThat(detected).isEqualTo(bytes.length * 8);
  }

  @Test
  void everyCutIsDetected() {
    ByteBuffer encoded = RunFixture.encode(RunFixture.random(new Random(7), 8, 50));
    byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> RunFixture.open(cut)).isInstanceOf(CorruptionException.class);
    }
  }

  @Test
  void aDamagedChunkCostsThatChunkOnly() {
    var model = new TreeMap<Long, TreeMap<Long, Long>>();
    for (int id = 0; id < 3; id++) {
      var samples = new TreeMap<Long, Long>();
      for (long time = 0; time < 100; time++) {
        samples.put(time, (long) id);
      }
      model.put(SeriesOrder.of(0, id), samples);
    }
    ByteBuffer encoded = RunFixture.encode(model);
    byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
    bytes[BlockLayout.HEADER_BYTES + 5] ^= 1;
    Block block = RunFixture.open(bytes);
    RunCursor series = block.cursor();
    assertThat(series.next()).isTrue();
    assertThatThrownBy(() -> series.samples(TimeRange.ALL).next())
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("test, chunk at offset " + BlockLayout.HEADER_BYTES);
    assertThat(series.next()).isTrue();
    assertThat(series.samples(TimeRange.ALL).next()).isTrue();
    assertThat(series.next()).isTrue();
    assertThat(series.samples(TimeRange.ALL).next()).isTrue();
  }
}
