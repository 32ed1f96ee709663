package io.chronicledb.app.it;

import io.chronicledb.app.ingest.remotewrite.WriteRequests;
import io.chronicledb.engine.bytes.Snappy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;

/**
 * An hour of random series of every kind that PromQL is made for. The same random numbers make the same series.
 *
 * <p>Timestamps end in 7 milliseconds, so that instants, ranges and offsets in other milliseconds put no sample on the bound of a window.
 * Gauges are multiples of 1/1024 and differ between series: sums have no rounding, and nothing ties where the order is not defined.
 */
final class PromQlData {

  static final long START = 1_700_000_000_000L;
  static final long INTERVAL = 15_000;
  static final int COUNT = 240;
  static final long END = START + COUNT * INTERVAL;

  private static final long MESSAGE_MILLIS = 600_000;

  /** What Prometheus writes where a series ends. */
  private static final double STALE = Double.longBitsToDouble(0x7ff0000000000002L);

  private static final List<String> JOBS = List.of("api", "web");
  private static final List<String> INSTANCES = List.of("i0", "i1", "i2");
  private static final List<String> BOUNDS = List.of("0.1", "0.5", "1", "2.5", "10", "+Inf");

  private record Series(Map<String, String> labels, TreeMap<Long, Double> samples) {}

  private final Random random;
  private final List<Series> series = new ArrayList<>();

  PromQlData(Random random) {
    this.random = random;
    for (String job : JOBS) {
      one("limit", gauge(900, 100), "job", job);
      one("odd", gauge(0, 10), "job", job, "path", "/a b\"c\\d\n\u00fc" + job);
      one("odd", gauge(0, 10), "job", job, "path", "/a b\"c\\d\n\u00fc");
      for (String instance : INSTANCES) {
        String[] target = {"job", job, "instance", instance};
        target(target);
        for (String method : List.of("get", "put")) {
          String[] handler = with(target, "method", method);
          one("requests_total", counter(10_000), with(handler, "code", "200"));
          one("requests_total", counter(9_000), with(handler, "code", "500"));
          if (random.nextInt(4) > 0) {
            one("errors_total", counter(8_000), handler);
          }
        }
        for (String zone : List.of("inlet", "outlet", "core")) {
          if (random.nextInt(5) > 0) {
            withGaps(one("temperature", gauge(20, 60), with(target, "zone", zone)));
          }
        }
        histogram(target, !job.equals("web"), !instance.equals("i2"));
      }
    }
  }

  int seriesCount() {
    return series.size();
  }

  int sampleCount() {
    return series.stream().mapToInt(each -> each.samples.size()).sum();
  }

  /** All samples in the order of time, as bodies of remote write. */
  List<byte[]> messages() {
    var messages = new ArrayList<byte[]>();
    for (long from = START; from < END + INTERVAL; from += MESSAGE_MILLIS) {
      var parts = new ArrayList<WriteRequests.Fields>();
      for (Series each : series) {
        var samples = each.samples.subMap(from, from + MESSAGE_MILLIS);
        if (!samples.isEmpty()) {
          var fields = new ArrayList<WriteRequests.Fields>();
          each.labels.forEach((name, value) -> fields.add(WriteRequests.label(name, value)));
          samples.forEach((time, value) -> fields.add(WriteRequests.sample(value, time)));
          parts.add(WriteRequests.series(fields.toArray(WriteRequests.Fields[]::new)));
        }
      }
      byte[] message = WriteRequests.message(parts.toArray(WriteRequests.Fields[]::new));
      messages.add(Snappy.compress(message, 0, message.length));
    }
    return messages;
  }

  private void target(String[] target) {
    withGaps(one("queue", gauge(0, 30), target));
    comesAndGoes(one("busy", gauge(-50, 50), target));
    one("weird", step -> weird(), target);
    int[] state = {0};
    one(
        "flag",
        step -> {
          state[0] = random.nextInt(6) == 0 ? 1 - state[0] : state[0];
          return state[0];
        },
        target);
    // The time of an event, now and then a later one.
    double[] birth = {1_000_000_000L + random.nextInt(600_000_000)};
    one(
        "birth",
        step -> birth[0] += random.nextInt(20) == 0 ? random.nextInt(100_000_000) : 0,
        target);
    Series sparse = one("sparse", gauge(-5, 5), target);
    sparse.samples.keySet().removeIf(time -> random.nextInt(12) > 0);
    Series shortLived = one("brief", gauge(100, 10), target);
    long from = START + random.nextInt(40) * 60_000L;
    shortLived.samples.keySet().removeIf(time -> time < from || time > from + 900_000);
    // A new version in the middle: one series ends where the other begins.
    int release = 60 + random.nextInt(120);
    Series before = one("build_info", step -> 1, with(target, "version", "1.0"));
    Series after = one("build_info", step -> 1, with(target, "version", "1.1"));
    long time = List.copyOf(before.samples.keySet()).get(release);
    before.samples.tailMap(time, false).clear();
    before.samples.put(time, STALE);
    after.samples.headMap(time).clear();
  }

  private Series one(String metric, IntToDoubleFunction values, String... labels) {
    long phase = random.nextInt(1400) * 10L + 7;
    var samples = new TreeMap<Long, Double>();
    for (int step = 0; step < COUNT; step++) {
      samples.put(START + phase + step * INTERVAL, values.applyAsDouble(step));
    }
    return add(metric, samples, labels);
  }

  private Series add(String metric, TreeMap<Long, Double> samples, String... labels) {
    var all = new TreeMap<>(Map.of("__name__", metric));
    for (int i = 0; i < labels.length; i += 2) {
      all.put(labels[i], labels[i + 1]);
    }
    var added = new Series(all, samples);
    series.add(added);
    return added;
  }

  /** Multiples of 1/8, and above them a fraction that no other series has. */
  private IntToDoubleFunction gauge(int from, int width) {
    double own = (series.size() % 128) / 1024.0;
    return step -> from + random.nextInt(width * 8) / 8.0 + own;
  }

  /**
   * A counter that starts anew at times, though not at zero: where a range begins in a gap, releases of Prometheus differ in how near zero
   * they let a counter come from.
   */
  private IntToDoubleFunction counter(int start) {
    double own = (series.size() % 128) / 1024.0;
    double[] value = {start + own};
    boolean resets = random.nextBoolean();
    boolean rests = random.nextInt(4) == 0;
    return step -> {
      if (resets && random.nextInt(40) == 0) {
        value[0] = random.nextInt(2_000) + own;
      } else if (!rests || random.nextInt(3) == 0) {
        value[0] += random.nextInt(60) / 4.0;
      }
      return value[0];
    };
  }

  private double weird() {
    return switch (random.nextInt(9)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3 -> 0;
      case 4 -> -0.0;
      default -> random.nextInt(200) - 100;
    };
  }

  /** Gaps without a stale marker, shorter and longer than the lookback. */
  private void withGaps(Series gauge) {
    for (int gaps = 1 + random.nextInt(4); gaps > 0; gaps--) {
      long from = START + random.nextInt(COUNT) * INTERVAL;
      gauge.samples.subMap(from, from + (1 + random.nextInt(30)) * INTERVAL).clear();
    }
  }

  /** Ends with a stale marker, several times, and comes back. */
  private void comesAndGoes(Series gauge) {
    var times = List.copyOf(gauge.samples.keySet());
    for (int ends = 1 + random.nextInt(4); ends > 0; ends--) {
      int from = random.nextInt(times.size());
      int to = Math.min(times.size(), from + 1 + random.nextInt(24));
      gauge.samples.put(times.get(from), STALE);
      times.subList(from + 1, to).forEach(gauge.samples::remove);
    }
  }

  /**
   * A classic histogram with its sum and count.
   *
   * @param monotone whether each bucket holds at least what the smaller ones hold; each grows all the same
   */
  private void histogram(String[] target, boolean monotone, boolean infinite) {
    long phase = random.nextInt(1400) * 10L + 7;
    var counts = new double[BOUNDS.size()];
    var buckets = new ArrayList<TreeMap<Long, Double>>();
    for (int i = 0; i < counts.length; i++) {
      counts[i] = 5_000 + i * 1_000 - (monotone ? 0 : random.nextInt(3_000));
      buckets.add(new TreeMap<>());
    }
    var sums = new TreeMap<Long, Double>();
    double sum = 5_000;
    for (int step = 0; step < COUNT; step++) {
      long time = START + phase + step * INTERVAL;
      int observations = 0;
      for (int i = 0; i < counts.length; i++) {
        observations += 1 + random.nextInt(20);
        counts[i] += monotone ? observations : random.nextInt(40);
        buckets.get(i).put(time, counts[i]);
      }
      sum += random.nextInt(400) / 8.0;
      sums.put(time, sum);
    }
    for (int i = 0; i < counts.length; i++) {
      if (infinite || i < counts.length - 1) {
        add("latency_bucket", buckets.get(i), with(target, "le", BOUNDS.get(i)));
      }
    }
    add("latency_count", buckets.get(counts.length - 1), target);
    add("latency_sum", sums, target);
  }

  private static String[] with(String[] labels, String name, String value) {
    var more = new ArrayList<>(List.of(labels));
    more.add(name);
    more.add(value);
    return more.toArray(String[]::new);
  }
}
