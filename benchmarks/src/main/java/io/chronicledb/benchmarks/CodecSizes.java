package io.chronicledb.benchmarks;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.codec.ChunkDecoder;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import java.util.Arrays;

/**
 * Prints how many bytes a sample takes, timestamp and value, for each kind of {@link CodecData}: {@code java -cp
 * benchmarks/target/benchmarks.jar io.chronicledb.benchmarks.CodecSizes [series]}. Every chunk is decoded again and compared bit by
 * bit.
 */
public final class CodecSizes {

  private static final int SERIES = 100;

  private CodecSizes() {}

  public static void main(String[] arguments) {
    int series = arguments.length > 0 ? Integer.parseInt(arguments[0]) : SERIES;
    System.out.printf(
        "%-10s %8s %8s %16s %9s%n", "data", "fresh", "cold", "Gorilla+Snappy", "entropy");
    for (CodecData data : CodecData.values()) {
      int samples = data.samples();
      var timestamps = new long[samples];
      var values = new double[samples];
      var steps = new int[1 << 12];
      long fresh = 0;
      long cold = 0;
      long classic = 0;
      double entropy = 0;
      for (int i = 0; i < series; i++) {
        entropy += data.fill(i, timestamps, values) * samples;
        fresh += size(Effort.FRESH, timestamps, values);
        cold += size(Effort.COLD, timestamps, values);
        classic += classicSize(timestamps, values);
        if (data == CodecData.CPU) {
          for (int j = 1; j < samples; j++) {
            steps[(int) (values[j] - values[j - 1]) + steps.length / 2]++;
          }
        }
      }
      double points = (double) series * samples;
      if (data == CodecData.CPU) {
        entropy = CodecData.entropy(steps, series * (samples - 1)) * points;
      }
      System.out.printf(
          "%-10s %8.4f %8.4f %16.4f %9.4f%n",
          data, fresh / points, cold / points, classic / points, entropy / points / 8);
    }
  }

  private static long size(Effort effort, long[] timestamps, double[] values) {
    var encoder = new ChunkEncoder(effort);
    var decoder = new ChunkDecoder();
    var out = new ByteWriter(1 << 16);
    var decodedTimestamps = new long[ChunkEncoder.SAMPLES_MAX];
    var decodedValues = new double[ChunkEncoder.SAMPLES_MAX];
    long total = 0;
    for (int from = 0; from < values.length; from += ChunkEncoder.SAMPLES_MAX) {
      int count = Math.min(ChunkEncoder.SAMPLES_MAX, values.length - from);
      out.clear();
      encoder.encode(timestamps, values, from, count, out);
      total += out.size();
      decoder.decode(out.array(), 0, out.size(), count, decodedTimestamps, decodedValues);
      if (!Arrays.equals(decodedTimestamps, 0, count, timestamps, from, from + count)
          || !Arrays.equals(decodedValues, 0, count, values, from, from + count)) {
        throw new IllegalStateException("not what was encoded");
      }
    }
    return total;
  }

  private static long classicSize(long[] timestamps, double[] values) {
    var gorilla = new ClassicGorilla();
    long total = 0;
    for (int from = 0; from < values.length; from += ChunkEncoder.SAMPLES_MAX) {
      int count = Math.min(ChunkEncoder.SAMPLES_MAX, values.length - from);
      total += gorilla.size(timestamps, values, from, count);
    }
    return total;
  }
}
