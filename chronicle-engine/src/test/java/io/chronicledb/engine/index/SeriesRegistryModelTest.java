package io.chronicledb.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.model.Series;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** Random sequences of everything that the registry does, against maps that do the same. */
class SeriesRegistryModelTest {

  private static final int SEQUENCES = Integer.getInteger("sequences", 25);
  private static final int STEPS = 120;
  private static final String[] NAMES = {"a", "b", "host", "zone", "é", "日本", "z" + "n".repeat(200)
  };
  private static final String[] PATTERNS = {
    "v1|v2",
    "v.*",
    ".*1",
    "",
    ".+",
    ".*",
    "v[0-4]+",
    "(?:v1|v2)x?",
    "zürich|v1.*",
    "x{0,3}v1",
    "v1.*|v2.*",
    ".*(?:1).*",
    "v.+2",
    "nothing",
    "v\\.1|v3",
    "u[0-9]*5",
    "(v1|u1)[0-9]?"
  };

  /** The registry in maps. */
  private static final class Model {
    final TreeMap<Integer, Series> series = new TreeMap<>();
    final Map<Series, Integer> ids = new HashMap<>();
    final Map<String, Integer> metricIds = new HashMap<>();
    int size;

    int register(Series one) {
      Integer known = ids.get(one);
      if (known != null) {
        return known;
      }
      int id = size++;
      metricIds.putIfAbsent(one.metric(), id);
      ids.put(one, id);
      series.put(id, one);
      return id;
    }

    void collect(RoaringBitmap dead) {
      dead.forEach((int id) -> ids.remove(series.remove(id)));
      metricIds
          .keySet()
          .removeIf(
              metric -> series.values().stream().noneMatch(one -> one.metric().equals(metric)));
    }

    long order(int id) {
      return SeriesOrder.of(metricIds.get(series.get(id).metric()), id);
    }

    static String value(Series one, String name) {
      String value = name.equals(Tags.METRIC) ? one.metric() : one.tags().get(name);
      return value == null ? "" : value;
    }

    Set<String> values(String name) {
      var values = new HashSet<String>();
      series.values().forEach(one -> values.add(value(one, name)));
      values.remove("");
      return values;
    }

    Set<String> names() {
      var names = new HashSet<String>();
      for (Series one : series.values()) {
        names.add(Tags.METRIC);
        one.tags().forEach((name, value) -> names.add(name));
      }
      return names;
    }

    long[] select(List<TagMatcher> matchers) {
      return series.entrySet().stream()
          .filter(entry ->
              matchers.stream().allMatch(m -> matches(m, value(entry.getValue(), m.name()))))
          .mapToLong(entry -> order(entry.getKey()))
          .sorted()
          .toArray();
    }

    static boolean matches(TagMatcher matcher, String value) {
      return switch (matcher.op()) {
        case EQUAL -> value.equals(matcher.value());
        case NOT_EQUAL -> !value.equals(matcher.value());
        case REGEX ->
          Pattern.compile(matcher.value(), Pattern.DOTALL).matcher(value).matches();
        case NOT_REGEX ->
          !Pattern.compile(matcher.value(), Pattern.DOTALL).matcher(value).matches();
      };
    }
  }

  private final Random random = new Random();
  private SeriesRegistry registry = new SeriesRegistry();
  private Model model = new Model();
  /** What storage has, and up to which id. */
  private final List<ByteBuffer> blocks = new ArrayList<>();

  private int stored;
  private boolean storedCollected;

  static byte[] key(Series series) {
    var out = new ByteWriter(64);
    new SeriesKey().series(series.metric(), series.tags()).encode(out);
    return out.toByteArray();
  }

  private String value() {
    return switch (random.nextInt(8)) {
      case 0 -> "zürich";
      case 1 -> "u" + random.nextInt(100_000);
      case 2 -> "x".repeat(random.nextInt(300)) + "v1";
      case 3 -> "v.1";
      default -> "v" + random.nextInt(20);
    };
  }

  private Series series() {
    var tags = Tags.builder();
    for (String name : NAMES) {
      if (random.nextInt(3) == 0) {
        tags.add(name, value());
      }
    }
    if (random.nextInt(4) == 0) {
      tags.add("only" + random.nextInt(50), "v");
    }
    return new Series(
        "metric" + (random.nextInt(6) == 0 ? random.nextInt(1000) : random.nextInt(3)),
        tags.build());
  }

  private TagMatcher matcher() {
    String name = random.nextInt(4) == 0 ? Tags.METRIC : NAMES[random.nextInt(NAMES.length)];
    TagMatcher.Op op = TagMatcher.Op.values()[random.nextInt(4)];
    boolean regex = op == TagMatcher.Op.REGEX || op == TagMatcher.Op.NOT_REGEX;
    String value = random.nextInt(6) == 0
        ? ""
        : name.equals(Tags.METRIC) ? "metric" + random.nextInt(4) : value();
    if (regex) {
      value = name.equals(Tags.METRIC)
          ? "metric[0-" + random.nextInt(9) + "]"
          : PATTERNS[random.nextInt(PATTERNS.length)];
    }
    return new TagMatcher(name, op, value);
  }

  @Test
  void doesWhatMapsDo() {
    long seed = TestDatabase.seed();
    for (int sequence = 0; sequence < SEQUENCES; sequence++) {
      random.setSeed(seed + sequence);
      registry = new SeriesRegistry();
      model = new Model();
      blocks.clear();
      storedCollected = false;
      stored = 0;
      int step = 0;
      try {
        for (; step < STEPS; step++) {
          step();
        }
      } catch (Throwable e) {
        throw new AssertionError("-Dseed=%d fails at step %d".formatted(seed + sequence, step), e);
      }
    }
  }

  private void step() {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> register(1 + random.nextInt(random.nextInt(10) == 0 ? 2000 : 50));
      case 3 -> collect();
      case 4, 5, 6 -> select();
      case 7 -> lists();
      case 8 -> {
        if (random.nextBoolean()) {
          persist();
        } else {
          registry.catchUp(random.nextInt(100));
        }
      }
      default -> {
        if (random.nextBoolean()) {
          reload();
        } else {
          rewrite();
        }
      }
    }
    check();
  }

  private void register(int count) {
    for (int i = 0; i < count; i++) {
      Series one = series();
      byte[] key = key(one);
      int expected = model.register(one);
      assertThat(registry.register(key, 0, key.length)).isEqualTo(expected);
      assertThat(registry.find(key, 0, key.length)).isEqualTo(expected);
    }
  }

  private void collect() {
    int share = 1 + random.nextInt(4);
    var dead = new RoaringBitmap();
    for (int id : model.series.keySet()) {
      if (random.nextInt(share) == 0) {
        dead.add(id);
      }
    }
    List<Series> gone = new ArrayList<>();
    dead.forEach((int id) -> gone.add(model.series.get(id)));
    int expected = dead.getCardinality();
    SeriesSnapshot before = registry.snapshot();
    int epoch = registry.epoch();
    model.collect(dead);
    storedCollected |= !dead.isEmpty() && dead.first() < stored;
    RoaringBitmap some = dead.clone();
    some.add(model.size + 7);
    assertThat(registry.collect(some)).isEqualTo(expected);
    assertThat(registry.epoch() > epoch).isEqualTo(expected > 0);
    int[] ids = dead.toArray();
    for (int i = 0; i < ids.length; i++) {
      byte[] key = key(gone.get(i));
      assertThat(registry.find(key, 0, key.length)).isEqualTo(-1);
      assertThat(registry.isLive(ids[i])).isFalse();
      assertThat(before.tags(ids[i]))
          .isEqualTo(gone.get(i).tags().with(Tags.METRIC, gone.get(i).metric()));
    }
  }

  private void select() {
    List<TagMatcher> matchers = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      matchers.add(matcher());
    }
    assertThat(registry.select(matchers, () -> {}))
        .as("%s", matchers)
        .isEqualTo(model.select(matchers));
  }

  private void lists() {
    assertThat(registry.names()).containsExactlyInAnyOrderElementsOf(model.names());
    for (String name : new String[] {Tags.METRIC, "host", "only7", "nobody"}) {
      assertThat(registry.values(name)).containsExactlyInAnyOrderElementsOf(model.values(name));
    }
  }

  /** As a flush does: what is new, or everything where something is gone. */
  private void persist() {
    if (storedCollected) {
      blocks.clear();
      stored = 0;
      storedCollected = false;
    }
    blocks.add(SeriesDictionary.encode(registry, stored, model.size));
    stored = model.size;
  }

  private void reload() {
    persist();
    open();
  }

  /** As compaction of the dictionary does. */
  private void rewrite() {
    blocks.clear();
    int from = 0;
    while (from < model.size) {
      int to = from + 1 + random.nextInt(model.size - from);
      blocks.add(SeriesDictionary.encode(registry, from, to));
      from = to;
    }
    stored = model.size;
    storedCollected = false;
    open();
  }

  private void open() {
    registry = new SeriesRegistry();
    registry.limitBytes(() -> 1); // Which loading passes.
    blocks.forEach(block -> SeriesDictionary.load(block, registry));
    registry.limitBytes(() -> Long.MAX_VALUE);
  }

  private void check() {
    assertThat(registry.size()).isEqualTo(model.size);
    assertThat(registry.liveCount()).isEqualTo(model.series.size());
    var live = new RoaringBitmap();
    registry.addLiveTo(live);
    assertThat(live.toArray())
        .isEqualTo(model.series.keySet().stream().mapToInt(Integer::intValue).toArray());
    model.series.forEach((id, one) -> {
      if (random.nextInt(8) == 0) {
        assertThat(registry.order(id)).isEqualTo(model.order(id));
        assertThat(registry.tags(id)).isEqualTo(one.tags().with(Tags.METRIC, one.metric()));
      }
    });
  }
}
