package io.chronicledb.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class SeriesCollectionTest {

  private static byte[] key(String metric, String... tags) {
    var out = new ByteWriter(32);
    new SeriesKey().series(metric, Tags.of(tags)).encode(out);
    return out.toByteArray();
  }

  private static int register(SeriesRegistry registry, byte[] key) {
    return registry.register(key, 0, key.length);
  }

  private static int register(SeriesRegistry registry, int number) {
    return register(
        registry,
        key(
            "m" + number % 10,
            "host",
            "host-" + number,
            "job",
            "j" + number % 3,
            "pod",
            "pod-" + number / 4));
  }

  @Test
  void aSeriesThatReturnsGetsANewIdAndItsMetricKeepsItsOwnWhileOneSeriesLives() {
    var registry = new SeriesRegistry();
    byte[] first = key("m", "n", "1");
    int a = register(registry, first);
    int b = register(registry, key("m", "n", "2"));
    int epoch = registry.epoch();
    assertThat(registry.collect(RoaringBitmap.bitmapOf(a, 99))).isEqualTo(1);
    assertThat(registry.epoch()).isGreaterThan(epoch);
    assertThat(registry.isLive(a)).isFalse();
    assertThat(registry.find(first, 0, first.length)).isNegative();
    assertThatThrownBy(() -> registry.tags(a))
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));

    int again = register(registry, first);
    assertThat(again).isEqualTo(2);
    assertThat(SeriesOrder.metricId(registry.order(again))).isEqualTo(a);

    registry.collect(RoaringBitmap.bitmapOf(b, again));
    assertThat(registry.liveCount()).isZero();
    int anew = register(registry, first);
    assertThat(registry.order(anew)).isEqualTo(SeriesOrder.of(anew, anew));
    assertThat(registry.size()).isEqualTo(4);
  }

  @Test
  void memoryFollowsTheSeriesThatLive() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    var registry = new SeriesRegistry();
    int live = 10_000;
    for (int number = 0; number < live; number++) {
      register(registry, number);
    }
    registry.names();
    long once = registry.memoryBytes();
    int number = live;
    long most = 0;
    for (int round = 0; round < 200; round++) {
      // Most go at times, a third always: some stay long, so that living ids spread thinly.
      int gone = round % 20 == 0 ? 19 : 6;
      var all = new RoaringBitmap();
      registry.addLiveTo(all);
      var dead = new RoaringBitmap();
      all.forEach((int id) -> {
        if (random.nextInt(20) < gone) {
          dead.add(id);
        }
      });
      registry.collect(dead);
      while (registry.liveCount() < live) {
        register(registry, number++);
      }
      if (round % 3 == 0) {
        registry.names();
      }
      most = Math.max(most, registry.memoryBytes());
    }
    assertThat(most).as("-Dseed=%d", seed).isLessThan(3 * once);
    assertThat(registry.size()).isEqualTo(number);

    var all = new RoaringBitmap();
    registry.addLiveTo(all);
    registry.names();
    registry.collect(all);
    assertThat(registry.names()).isEmpty();
    assertThat(registry.memoryBytes()).as("-Dseed=%d", seed).isLessThan(once / 5);
  }

  @Test
  void readersAndWritersGoOnWhileSeriesAreCollected() throws InterruptedException {
    var registry = new SeriesRegistry();
    var done = new AtomicBoolean();
    var failure = new AtomicReference<Throwable>();
    var work = new ArrayList<Thread>();
    // These stay.
    for (int number = 0; number < 1000; number++) {
      register(registry, number);
    }
    for (int t = 0; t < 2; t++) {
      int from = 1000 + t * 1_000_000;
      work.add(thread(failure, () -> {
        for (int number = from; number < from + 30_000 && failure.get() == null; number++) {
          // Each series is asked for while it may be collected.
          int id = register(registry, number % 5 == 0 ? number % 1000 : number);
          assertThat(id).isNotNegative();
          byte[] known = key(
              "m" + number % 10,
              "host",
              "host-" + number % 1000,
              "job",
              "j" + number % 1000 % 3,
              "pod",
              "pod-" + number % 1000 / 4);
          assertThat(registry.find(known, 0, known.length)).isEqualTo(number % 1000);
          assertThat(registry.tags(number % 1000).get("host")).isEqualTo("host-" + number % 1000);
          SeriesSnapshot snapshot = registry.snapshot();
          if (snapshot.isLive(id)) {
            assertThat(snapshot.tags(id).get("host")).startsWith("host-");
          }
        }
      }));
    }
    work.add(thread(failure, () -> {
      var matchers = List.of(
          new TagMatcher("host", TagMatcher.Op.REGEX, "host-[0-9]{1,3}"),
          new TagMatcher("job", TagMatcher.Op.NOT_EQUAL, "j1"));
      for (int round = 0; round < 200 && failure.get() == null; round++) {
        assertThat(registry.select(matchers, () -> {})).hasSize(667);
        assertThat(registry.select(List.of(TagMatcher.metric("m3")), () -> {}).length)
            .isGreaterThanOrEqualTo(100);
        assertThat(registry.values("job")).hasSize(3);
      }
    }));
    Thread collector = thread(failure, () -> {
      var random = new Random(1);
      while (!done.get()) {
        var dead = new RoaringBitmap();
        registry.addLiveTo(dead);
        for (int id : dead.toArray()) {
          if (id < 1000 || random.nextInt(4) == 0) {
            dead.remove(id);
          }
        }
        registry.collect(dead);
        Thread.yield();
      }
    });
    collector.start();
    work.forEach(Thread::start);
    for (Thread thread : work) {
      thread.join();
    }
    done.set(true);
    collector.join();
    assertThat(failure.get()).isNull();
  }

  private static Thread thread(AtomicReference<Throwable> failure, Runnable work) {
    return new Thread(() -> {
      try {
        work.run();
      } catch (Throwable e) {
        failure.set(e);
      }
    });
  }

  @Test
  void aFullIndexRefusesNewSeriesOnlyAndSaysWhatHelps() {
    var registry = new SeriesRegistry();
    long limit = 2 << 20;
    registry.limitBytes(() -> limit);
    int[] known = {0};
    assertThatThrownBy(() -> {
          for (; ; known[0]++) {
            register(registry, known[0]);
          }
        })
        .isInstanceOfSatisfying(ChronicleException.class, e -> {
          assertThat(e.code()).isEqualTo(ErrorCode.CARDINALITY_LIMIT);
          assertThat(e)
              .hasMessageContainingAll(
                  "raise chronicle.max-memory or write fewer distinct series", "" + limit);
        });
    assertThat(known[0]).isGreaterThan(8_000);
    registry.names();
    assertThat(registry.memoryBytes()).isBetween(limit / 2, limit + limit / 10);
    assertThat(register(registry, 5)).isEqualTo(5);
    byte[] logged = key("logged");
    assertThat(registry.restore(logged, 0, logged.length)).isEqualTo(known[0]);

    var some = new RoaringBitmap();
    some.add(0L, known[0] / 2L);
    registry.collect(some);
    assertThat(register(registry, 5)).isEqualTo(known[0] + 1);
  }

  @Test
  void bytesThatAreNoCanonicalKeyAreRefused() {
    var registry = new SeriesRegistry();
    byte[][] malformed = {
      {},
      {0},
      {1},
      {2, 'm'},
      {1, 'm', 1, 'n'},
      {1, 'm', 1, 'n', 0},
      {1, 'm', 0, 1, 'v'},
      {1, 'm', 1, 'n', 2, 'v'},
      {1, 'm', 1, 'n', (byte) 0x81, 0, 'v'},
      {1, 'm', 1, 'n', (byte) 0xFF, (byte) 0xFF, 'v'},
      {1, 'm', 1, 'n', 1, 'v', 1, 'n', 1, 'v'},
      {1, 'm', 1, 'n', 1, 'v', 1, 'a', 1, 'v'},
      {1, (byte) 0xFF},
      {1, 'm', 1, 'n', 2, (byte) 0xC0, (byte) 0x80},
      {1, 'm', 1, 'n', 3, (byte) 0xED, (byte) 0xA0, (byte) 0x80},
      {1, 'm', 1, 'n', 2, (byte) 0xE2, (byte) 0x82},
      key("m", Tags.METRIC, "x"),
    };
    for (byte[] key : malformed) {
      assertThatThrownBy(() -> register(registry, key))
          .as(Arrays.toString(key))
          .isInstanceOf(BadDataException.class);
      assertThatThrownBy(() -> registry.restore(key, 0, key.length))
          .isInstanceOf(CorruptionException.class);
    }
    assertThat(registry.size()).isZero();
    for (String text : new String[] {"é", "日本", "😀", "\uFFFF", "\u0000", "x".repeat(4000)}) {
      assertThat(registry.tags(register(registry, key("m", "n", text))).get("n"))
          .isEqualTo(text);
    }
  }
}
