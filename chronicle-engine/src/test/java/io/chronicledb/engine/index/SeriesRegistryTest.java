package io.chronicledb.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SeriesRegistryTest {

  private static byte[] key(String metric, String... tags) {
    var out = new ByteWriter(32);
    new SeriesKey().series(metric, Tags.of(tags)).encode(out);
    return out.toByteArray();
  }

  private static int register(SeriesRegistry registry, byte[] key) {
    return registry.register(key, 0, key.length);
  }

  @Test
  void findsEverySeriesAgainWhateverItsSizeAndHoweverManyThereAre() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    var registry = new SeriesRegistry();
    Map<Integer, byte[]> known = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      byte[] key =
          key("m" + i % 13, "n", i + "x".repeat(i % 50 == 0 ? random.nextInt(4000) : i % 9));
      int id = register(registry, key);
      assertThat(id).isEqualTo(i);
      known.put(id, key);
    }
    known.forEach((id, key) -> {
      assertThat(register(registry, key)).isEqualTo(id);
      assertThat(registry.find(key, 0, key.length)).isEqualTo(id);
      var out = new ByteWriter(16);
      registry.write(id, out);
      assertThat(Arrays.copyOfRange(out.array(), out.size() - key.length, out.size()))
          .isEqualTo(key);
    });
    assertThat(registry.size()).isEqualTo(5_000);
    byte[] unknown = key("m1", "n", "nobody");
    assertThat(registry.find(unknown, 0, unknown.length)).isNegative();
  }

  @Test
  void oneMetricsSeriesLieSideBySideInTheOrder() {
    var registry = new SeriesRegistry();
    for (int i = 0; i < 100; i++) {
      register(registry, key("m" + i % 4, "n", "" + i));
    }
    long[] orders = registry.select(List.of(), () -> {});
    assertThat(orders).isSorted().hasSize(100);
    int changes = 0;
    for (int i = 1; i < orders.length; i++) {
      changes += SeriesOrder.metricId(orders[i]) != SeriesOrder.metricId(orders[i - 1]) ? 1 : 0;
    }
    assertThat(changes).isEqualTo(3);
    assertThat(registry.select(List.of(TagMatcher.metric("m2")), () -> {})).hasSize(25);
  }

  @Test
  void aSlowPatternHoldsNoWriterBackAndEndsWhenItsCallerSaysSo() {
    var registry = new SeriesRegistry();
    for (int i = 0; i < 10; i++) {
      register(registry, key("m", "n", "" + i));
    }
    var pattern = List.of(new TagMatcher("n", TagMatcher.Op.REGEX, ".*1.*"));
    Runnable writerThenEnd = () -> {
      int id = CompletableFuture.supplyAsync(() -> register(registry, key("m", "n", "new")))
          .orTimeout(10, TimeUnit.SECONDS)
          .join();
      assertThat(id).isEqualTo(10);
      throw new IllegalStateException("enough");
    };
    assertThatThrownBy(() -> registry.select(pattern, writerThenEnd)).hasMessage("enough");
  }

  @Test
  void threadsThatRegisterTheSameSeriesGetTheSameId() throws InterruptedException {
    var registry = new SeriesRegistry();
    int series = 3_000;
    var ids = new int[4][series];
    var failure = new AtomicReference<Throwable>();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      int number = t;
      threads.add(new Thread(() -> {
        try {
          for (int i = 0; i < series; i++) {
            int which = number % 2 == 0 ? i : series - 1 - i;
            ids[number][which] = register(registry, key("m" + which % 5, "n", "" + which));
            assertThat(registry.tags(ids[number][which]).get("n")).isEqualTo("" + which);
          }
        } catch (Throwable e) {
          failure.set(e);
        }
      }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failure.get()).isNull();
    assertThat(ids[1]).isEqualTo(ids[0]);
    assertThat(ids[2]).isEqualTo(ids[0]);
    assertThat(ids[3]).isEqualTo(ids[0]);
    assertThat(registry.size()).isEqualTo(series);
  }

  @Test
  void theDictionaryBringsEverySeriesBackUnderItsId() {
    var registry = new SeriesRegistry();
    for (int i = 0; i < 50; i++) {
      register(registry, key("m" + i % 3, "n", "" + i));
    }
    ByteBuffer first = SeriesDictionary.encode(registry, 0, 20);
    ByteBuffer second = SeriesDictionary.encode(registry, 20, 50);
    var loaded = new SeriesRegistry();
    assertThatThrownBy(() -> SeriesDictionary.load(second, new SeriesRegistry()))
        .isInstanceOf(CorruptionException.class);
    SeriesDictionary.load(first, loaded);
    SeriesDictionary.load(second, loaded);
    assertThat(loaded.size()).isEqualTo(50);
    for (int id = 0; id < 50; id++) {
      assertThat(loaded.tags(id)).isEqualTo(registry.tags(id));
      assertThat(loaded.order(id)).isEqualTo(registry.order(id));
    }
    for (int length = 0; length < first.limit(); length++) {
      ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(first.array(), length));
      assertThatThrownBy(() -> SeriesDictionary.load(cut, new SeriesRegistry()))
          .isInstanceOf(CorruptionException.class);
    }
  }
}
