package io.chronicledb.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.xerial.snappy.Snappy;

/**
 * Three metrics with as many series each, a sample every ten seconds, as requests of remote write in the order of an agent: all series, then the
 * next times. The same numbers in every run.
 *
 * <ul>
 *   <li>{@code requests_total{cluster,instance}}: counters that start over about once in six hours
 *   <li>{@code temperature{cluster,instance}}: gauges with two decimals
 *   <li>{@code latency_bucket{cluster,instance,le}}: classic histograms of ten buckets
 * </ul>
 */
final class PromQlData {

  static final long START_SECONDS = 1_767_225_600; // 2026-01-01
  static final long INTERVAL_SECONDS = 10;
  static final int CLUSTERS = 10;
  private static final String[] BOUNDS = {
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"
  };
  /** Samples of a series in one request. */
  private static final int ROW = 6;
  /** Series of a request. */
  private static final int SERIES = 1000;

  private static final double RESET_CHANCE = INTERVAL_SECONDS / (6.0 * 3600);

  private final int series;
  private final SplittableRandom random = new SplittableRandom(20260101);
  private final List<byte[]> labels = new ArrayList<>();
  private final double[] values;

  /** Takes a request. */
  @FunctionalInterface
  interface Request {
    void send(byte[] body) throws IOException;
  }

  /** @param series of each metric, a multiple of the ten buckets */
  PromQlData(int series) {
    this.series = series;
    for (int i = 0; i < series; i++) {
      labels.add(labels("requests_total", i, null));
    }
    for (int i = 0; i < series; i++) {
      labels.add(labels("temperature", i, null));
    }
    for (int i = 0; i < series; i++) {
      labels.add(labels("latency_bucket", i / BOUNDS.length, BOUNDS[i % BOUNDS.length]));
    }
    values = new double[labels.size()];
    for (int i = series; i < 2 * series; i++) {
      values[i] = 20 + random.nextInt(1000) / 100.0;
    }
  }

  private static byte[] labels(String metric, int instance, String bound) {
    var out = new ByteArrayOutputStream();
    label(out, "__name__", metric);
    label(out, "cluster", "c" + instance % CLUSTERS);
    label(out, "instance", "host-" + instance);
    if (bound != null) {
      label(out, "le", bound);
    }
    return out.toByteArray();
  }

  private static void label(ByteArrayOutputStream out, String name, String value) {
    var label = new ByteArrayOutputStream();
    field(label, 1, name.getBytes(StandardCharsets.UTF_8));
    field(label, 2, value.getBytes(StandardCharsets.UTF_8));
    field(out, 1, label.toByteArray());
  }

  /** A field of Protocol Buffers with a length. */
  private static void field(ByteArrayOutputStream out, int number, byte[] content) {
    out.write(number << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      out.write((int) (rest & 0x7f | 0x80));
    }
    out.write((int) rest);
  }

  /** Makes the requests of some hours. */
  void requests(int hours, Request request) throws IOException {
    int steps = (int) (hours * 3600L / INTERVAL_SECONDS);
    for (int step = 0; step < steps; step += ROW) {
      var rows = new double[values.length][Math.min(ROW, steps - step)];
      for (int at = 0; at < Math.min(ROW, steps - step); at++) {
        next();
        for (int i = 0; i < values.length; i++) {
          rows[i][at] = values[i];
        }
      }
      for (int from = 0; from < values.length; from += SERIES) {
        request.send(request(rows, from, Math.min(values.length, from + SERIES), step));
      }
    }
  }

  private void next() {
    for (int i = 0; i < series; i++) {
      values[i] = random.nextDouble() < RESET_CHANCE ? 0 : values[i] + random.nextInt(50);
    }
    for (int i = series; i < 2 * series; i++) {
      values[i] = Math.round(values[i] * 100 + random.nextInt(-30, 31)) / 100.0;
    }
    for (int i = 2 * series; i < values.length; i += BOUNDS.length) {
      int sum = 0;
      for (int bucket = 0; bucket < BOUNDS.length; bucket++) {
        sum += random.nextInt(8);
        values[i + bucket] += sum;
      }
    }
  }

  private byte[] request(double[][] rows, int from, int to, int step) throws IOException {
    var out = new ByteArrayOutputStream();
    for (int i = from; i < to; i++) {
      var one = new ByteArrayOutputStream();
      one.writeBytes(labels.get(i));
      for (int at = 0; at < rows[i].length; at++) {
        var sample = new ByteArrayOutputStream();
        sample.write(1 << 3 | 1);
        long bits = Double.doubleToRawLongBits(rows[i][at]);
        for (int shift = 0; shift < 64; shift += 8) {
          sample.write((int) (bits >>> shift));
        }
        sample.write(2 << 3);
        varint(sample, (START_SECONDS + (step + at) * INTERVAL_SECONDS) * 1000);
        field(one, 2, sample.toByteArray());
      }
      field(out, 1, one.toByteArray());
    }
    return Snappy.compress(out.toByteArray());
  }
}
