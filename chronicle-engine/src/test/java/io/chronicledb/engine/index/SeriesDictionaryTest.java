package io.chronicledb.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.Tags;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class SeriesDictionaryTest {

  private static byte[] key(String metric, String... tags) {
    var out = new ByteWriter(32);
    new SeriesKey().series(metric, Tags.of(tags)).encode(out);
    return out.toByteArray();
  }

  private static SeriesRegistry registry(int series) {
    var registry = new SeriesRegistry();
    for (int i = 0; i < series; i++) {
      byte[] key = key("m" + i % 3, "n", "" + i);
      registry.register(key, 0, key.length);
    }
    return registry;
  }

  private static byte[] bytes(ByteBuffer block) {
    return Arrays.copyOf(block.array(), block.limit());
  }

  private static void load(byte[] block, SeriesRegistry registry) {
    SeriesDictionary.load(ByteBuffer.wrap(block), registry);
  }

  @Test
  void keepsIdsAndMetricsOfWhatOutlivedACollection() {
    SeriesRegistry registry = registry(30);
    var dead = new RoaringBitmap();
    dead.add(0L, 9L);
    dead.add(20L, 30L);
    registry.collect(dead);
    byte[] block = bytes(SeriesDictionary.encode(registry, 0, 30));
    var loaded = new SeriesRegistry();
    load(block, loaded);
    assertThat(loaded.size()).isEqualTo(30);
    assertThat(loaded.liveCount()).isEqualTo(11);
    for (int id = 9; id < 20; id++) {
      assertThat(loaded.order(id)).isEqualTo(SeriesOrder.of(id % 3, id));
      assertThat(loaded.tags(id)).isEqualTo(registry.tags(id));
    }
    byte[] another = key("m1", "n", "another");
    assertThat(loaded.order(loaded.register(another, 0, another.length)))
        .isEqualTo(SeriesOrder.of(1, 30));
  }

  @Test
  void aSeriesThatCameBackIsRefusedBesideABlockThatStillHasIt() {
    SeriesRegistry registry = registry(10);
    byte[] stale = bytes(SeriesDictionary.encode(registry, 0, 10));
    registry.collect(RoaringBitmap.bitmapOf(0, 3, 6, 9));
    byte[] returned = key("m0", "n", "3");
    registry.register(returned, 0, returned.length);
    byte[] first = bytes(SeriesDictionary.encode(registry, 0, 10));
    byte[] second = bytes(SeriesDictionary.encode(registry, 10, 11));
    var loaded = new SeriesRegistry();
    load(first, loaded);
    load(second, loaded);
    assertThat(loaded.liveCount()).isEqualTo(7);
    assertThat(loaded.find(returned, 0, returned.length)).isEqualTo(10);
    assertThat(loaded.order(10)).isEqualTo(SeriesOrder.of(10, 10));

    var mixed = new SeriesRegistry();
    load(stale, mixed);
    assertThatThrownBy(() -> load(second, mixed))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("holds series 3 again as series 10");
  }

  @Test
  void otherVersionsAreRefusedByName() {
    byte[] block = bytes(SeriesDictionary.encode(registry(3), 0, 3));
    block[6] = 2;
    assertThatThrownBy(() -> load(block, new SeriesRegistry()))
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
        .hasMessageContaining("in use before the first release");
    block[6] = 4;
    assertThatThrownBy(() -> load(block, new SeriesRegistry())).hasMessageContaining("newer");
  }

  @Test
  void wrongMetricIdsAreCorruption() {
    for (long[] metrics : new long[][] {{1, 0}, {-1, 0}, {0, 1}, {0, 5}}) {
      byte[] key = key("m");
      byte[] other = key("m", "n", "v");
      var out = new ByteWriter(64);
      out.writeBytes(Arrays.copyOf(bytes(SeriesDictionary.encode(registry(0), 0, 0)), 8));
      out.writeUnsignedVarint(0);
      out.writeUnsignedVarint(2);
      out.writeUnsignedVarint(2);
      byte[][] keys = {key, other};
      for (int i = 0; i < 2; i++) {
        out.writeUnsignedVarint(0);
        out.writeVarint(metrics[i]);
        out.writeUnsignedVarint(keys[i].length);
        out.writeBytes(keys[i]);
      }
      assertThatThrownBy(() -> load(out.toByteArray(), new SeriesRegistry()))
          .as(Arrays.toString(metrics))
          .isInstanceOf(CorruptionException.class);
    }
  }

  @Test
  void brokenBytesAreCorruptionAndNothingElse() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    SeriesRegistry registry = registry(40);
    registry.collect(RoaringBitmap.bitmapOf(1, 2, 30));
    byte[] first = bytes(SeriesDictionary.encode(registry, 0, 40));
    byte[] key = key("zürich", "ä", "ö", "n", "v".repeat(200));
    registry.register(key, 0, key.length);
    byte[] second = bytes(SeriesDictionary.encode(registry, 40, 41));
    for (int round = 0; round < 5_000; round++) {
      byte[][] blocks = {first.clone(), second.clone()};
      byte[] broken = blocks[random.nextInt(2)];
      for (int i = random.nextInt(3); i >= 0; i--) {
        broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
      }
      int cut = random.nextInt(4) == 0 ? random.nextInt(second.length) : second.length;
      var loaded = new SeriesRegistry();
      try {
        load(blocks[0], loaded);
        load(Arrays.copyOf(blocks[1], cut), loaded);
      } catch (CorruptionException e) {
        continue;
      } catch (ChronicleException e) {
        assertThat(e.code())
            .as("-Dseed=%d, round %d", seed, round)
            .isEqualTo(ErrorCode.UNSUPPORTED);
        continue;
      } catch (RuntimeException e) {
        throw new AssertionError("-Dseed=%d, round %d".formatted(seed, round), e);
      }
      // Where a value changed only, that is for the checksum of the block to find; all is usable.
      loaded.names();
      assertThat(loaded.select(java.util.List.of(), () -> {})).hasSize(loaded.liveCount());
    }
  }
}
