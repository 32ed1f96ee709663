package io.chronicledb.benchmarks;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.index.SeriesDictionary;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.TagMatcher;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * What the series index costs: bytes a series, and the time to register, load, catch up, select and collect. Series have six tags, one
 * of them unique, in about 90 bytes. Not JMH, since most of it is about the first time: {@code java -Xmx2g -cp benchmarks.jar
 * io.chronicledb.benchmarks.IndexFootprint [series]}. Loading is measured in a JVM that did nothing before: {@code write FILE
 * [series]}, then {@code load FILE}.
 */
public final class IndexFootprint {

  private static final int METRICS = 50;
  private static final int VALUES = 100_000;

  private IndexFootprint() {}

  public static void main(String[] arguments) throws InterruptedException, IOException {
    if (arguments.length > 1 && arguments[0].equals("load")) {
      load(ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[1]))));
      return;
    }
    if (arguments.length > 1 && arguments[0].equals("write")) {
      int count = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100_000;
      var registry = new SeriesRegistry();
      register(registry, keys(0, count));
      ByteBuffer block = SeriesDictionary.encode(registry, 0, count);
      Files.write(Path.of(arguments[1]), Arrays.copyOf(block.array(), block.limit()));
      return;
    }
    if (arguments.length > 0 && arguments[0].equals("churn")) {
      churn(
          arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000,
          arguments.length > 2 ? Integer.parseInt(arguments[2]) : 7 * 24 * 60);
      return;
    }
    int series = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
    // The first round warms the code up.
    for (int round = 0; round < 3; round++) {
      System.out.printf(Locale.ROOT, "-- %,d series, round %d%n", series, round + 1);
      footprint(series);
    }
  }

  /** The keys one after the other, each headed by its length in two bytes. */
  private static byte[] keys(int first, int count) {
    var out = new ByteWriter(count * 100);
    var key = new SeriesKey();
    var one = new ByteWriter(128);
    for (int i = first; i < first + count; i++) {
      key.metric("http_requests_" + i % METRICS)
          .tag("host", String.format(Locale.ROOT, "h%07d", i))
          .tag("job", "api-" + i % 7)
          .tag("method", i % 3 == 0 ? "GET" : "POST")
          .tag("region", "region-" + i % 5)
          .tag("status", "" + (200 + i % 11))
          .tag("zone", "z" + i % 17);
      one.clear();
      key.encode(one);
      out.writeByte(one.size() & 0xFF);
      out.writeByte(one.size() >>> 8);
      out.writeBytes(one.array(), 0, one.size());
    }
    return out.toByteArray();
  }

  private static void register(SeriesRegistry registry, byte[] keys) {
    int at = 0;
    while (at < keys.length) {
      int length = keys[at] & 0xFF | (keys[at + 1] & 0xFF) << 8;
      registry.register(keys, at + 2, length);
      at += 2 + length;
    }
  }

  private static void footprint(int series) throws InterruptedException {
    byte[] keys = keys(0, series);
    byte[] replaced = keys(series, series / 10);
    long before = usedHeap();
    var registry = new SeriesRegistry();
    long start = System.nanoTime();
    register(registry, keys);
    long nanos = System.nanoTime() - start;
    say("key bytes a series", "%.1f", keys.length / (double) series - 2);
    say("registered new a second", "%,.0f", series * 1e9 / nanos);
    start = System.nanoTime();
    register(registry, keys);
    say("found known a second", "%,.0f", series * 1e9 / (System.nanoTime() - start));
    long heap = usedHeap();
    say("heap bytes a series, not indexed", "%.1f", (heap - before) / (double) series);
    say("memoryBytes() a series, not indexed", "%.1f", registry.memoryBytes() / (double) series);
    start = System.nanoTime();
    registry.catchUp(Integer.MAX_VALUE);
    say("catch-up ms", "%.1f", (System.nanoTime() - start) / 1e6);
    heap = usedHeap();
    say("heap bytes a series", "%.1f", (heap - before) / (double) series);
    say("memoryBytes() a series", "%.1f", registry.memoryBytes() / (double) series);

    select(registry, TagMatcher.equal("host", "h0000077"));
    select(registry, TagMatcher.metric("http_requests_3"));
    select(registry, TagMatcher.metric("http_requests_3"), TagMatcher.equal("region", "region-1"));
    select(
        registry,
        TagMatcher.metric("http_requests_3"),
        new TagMatcher("host", TagMatcher.Op.REGEX, "h0*1.*[37]"));
    select(registry, new TagMatcher("status", TagMatcher.Op.REGEX, "20[0-3]|4.."));
    var values = new SeriesRegistry();
    register(values, keys(0, Math.min(series, VALUES)));
    select(values, TagMatcher.metric("http_requests_3"));
    select(values, new TagMatcher("host", TagMatcher.Op.REGEX, "h00.*"));
    select(values, new TagMatcher("host", TagMatcher.Op.REGEX, "h00[0-4].*"));
    select(values, new TagMatcher("host", TagMatcher.Op.REGEX, ".*[02468][13579]"));
    select(values, new TagMatcher("host", TagMatcher.Op.NOT_REGEX, ".*[02468][13579]"));

    var dead = new RoaringBitmap();
    for (int id = 0; id < series; id += 10) {
      dead.add(id);
    }
    start = System.nanoTime();
    registry.collect(dead);
    say("collect a tenth, ms", "%.1f", (System.nanoTime() - start) / 1e6);
    register(registry, replaced);
    registry.catchUp(Integer.MAX_VALUE);
    heap = usedHeap();
    say("heap bytes a series, a tenth replaced", "%.1f", (heap - before) / (double) series);
    say("memoryBytes() a series", "%.1f", registry.memoryBytes() / (double) series);
    // Both are counted in the heap until here.
    if (registry.size() + keys.length + replaced.length == 0) {
      throw new IllegalStateException();
    }
  }

  private static void select(SeriesRegistry registry, TagMatcher... matchers) {
    List<TagMatcher> all = List.of(matchers);
    long best = Long.MAX_VALUE;
    int found = 0;
    for (int i = 0; i < 10; i++) {
      long start = System.nanoTime();
      found = registry.select(all, () -> {}).length;
      best = Math.min(best, System.nanoTime() - start);
    }
    say("select " + all + " -> " + found + ", µs", "%,.1f", best / 1e3);
  }

  private static void load(ByteBuffer block) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 6; i++) {
      var registry = new SeriesRegistry();
      long cpu = threads.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      SeriesDictionary.load(block, registry);
      long nanos = System.nanoTime() - start;
      cpu = threads.getCurrentThreadCpuTime() - cpu;
      say("load " + registry.size() + " series, ms of this thread", "%.1f", cpu / 1e6);
      say("load " + registry.size() + " series, ms", "%.1f", nanos / 1e6);
      if (i == 5) {
        start = System.nanoTime();
        registry.catchUp(Integer.MAX_VALUE);
        say("first catch-up, ms", "%.1f", (System.nanoTime() - start) / 1e6);
      }
    }
  }

  /** {@code churn [series] [minutes]}: each minute, every series goes with a chance of one in ten, and new ones come. */
  private static void churn(int series, int minutes) throws InterruptedException {
    var random = new SplittableRandom(42);
    var registry = new SeriesRegistry();
    int number = 0;
    long most = 0;
    long start = System.nanoTime();
    for (int minute = 0; minute <= minutes; minute++) {
      register(registry, keys(number, series - registry.liveCount()));
      number = registry.size();
      registry.catchUp(Integer.MAX_VALUE);
      most = Math.max(most, registry.memoryBytes());
      if (minute % (24 * 60) == 0) {
        System.out.printf(
            Locale.ROOT,
            "day %d: %,d ids, %,d series, memoryBytes() %,d, the most %,d, heap %,d, %.0f s%n",
            minute / (24 * 60),
            registry.size(),
            registry.liveCount(),
            registry.memoryBytes(),
            most,
            usedHeap(),
            (System.nanoTime() - start) / 1e9);
      }
      var live = new RoaringBitmap();
      registry.addLiveTo(live);
      var dead = new RoaringBitmap();
      for (PeekableIntIterator ids = live.getIntIterator(); ids.hasNext(); ) {
        int id = ids.next();
        if (random.nextInt(10) == 0) {
          dead.add(id);
        }
      }
      registry.collect(dead);
    }
    ByteBuffer block = SeriesDictionary.encode(registry, 0, registry.size());
    start = System.nanoTime();
    var loaded = new SeriesRegistry();
    SeriesDictionary.load(block, loaded);
    say("load what lives, ms", "%.1f", (System.nanoTime() - start) / 1e6);
    loaded.catchUp(Integer.MAX_VALUE);
    say("memoryBytes() then", "%,d", loaded.memoryBytes());
  }

  private static long usedHeap() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static void say(String what, String format, Object... figure) {
    System.out.printf(Locale.ROOT, "%-70s " + format + "%n", prepend(what, figure));
  }

  private static Object[] prepend(String what, Object[] figure) {
    return new Object[] {what, figure[0]};
  }
}
