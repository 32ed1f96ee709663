package io.chronicledb.benchmarks;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.codec.ChunkDecoder;
import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encodes and decodes chunks in memory, in one thread. One operation is one sample. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {

  /** Enough different ones that the branch predictor learns none by heart. */
  private static final int CHUNKS = 64;

  private static final int SAMPLES = ChunkEncoder.SAMPLES_MAX;

  /**
   * {@code regular}: every 10 s, integers that change by one. {@code counter}: every 10 s, growing by up to 300. {@code jittered}:
   * a few milliseconds off, three decimals with noise. {@code random}: every 10 s, uniform in [0, 1).
   */
  @Param({"regular", "counter", "jittered", "random"})
  String data = "regular";

  @Param({"FRESH", "COLD"})
  Effort effort = Effort.FRESH;

  private final long[][] timestamps = new long[CHUNKS][SAMPLES];
  private final double[][] values = new double[CHUNKS][SAMPLES];
  private final byte[][] chunks = new byte[CHUNKS][];
  private final long[] decodedTimestamps = new long[SAMPLES];
  private final double[] decodedValues = new double[SAMPLES];
  private final ChunkDecoder decoder = new ChunkDecoder();
  private final ByteWriter out = new ByteWriter(1 << 16);
  private ChunkEncoder encoder = new ChunkEncoder(Effort.FRESH);

  @Setup(Level.Trial)
  public void fill() {
    encoder = new ChunkEncoder(effort);
    var random = new Random(42);
    for (int i = 0; i < CHUNKS; i++) {
      double state = 50;
      for (int j = 0; j < SAMPLES; j++) {
        timestamps[i][j] = 1_700_000_000_000_000_000L + j * 10_000_000_000L;
        switch (data) {
          case "regular" -> state += random.nextInt(3) - 1;
          case "counter" -> state += random.nextInt(300);
          case "jittered" -> {
            timestamps[i][j] += random.nextInt(5) * 1_000_000L;
            state = Math.rint((50 + random.nextGaussian()) * 1000) / 1000;
          }
          default -> state = random.nextDouble();
        }
        values[i][j] = state;
      }
      out.clear();
      encoder.encode(timestamps[i], values[i], 0, SAMPLES, out);
      chunks[i] = out.toByteArray();
    }
  }

  @Benchmark
  @OperationsPerInvocation(CHUNKS * SAMPLES)
  public int encode() {
    out.clear();
    for (int i = 0; i < CHUNKS; i++) {
      encoder.encode(timestamps[i], values[i], 0, SAMPLES, out);
    }
    return out.size();
  }

  @Benchmark
  @OperationsPerInvocation(CHUNKS * SAMPLES)
  public double decodeAndSum() {
    double sum = 0;
    for (byte[] chunk : chunks) {
      decoder.decode(chunk, 0, chunk.length, SAMPLES, decodedTimestamps, decodedValues);
      sum += sum(decodedValues);
    }
    return sum;
  }

  /** In four lanes: one alone would wait for each addition longer than decoding takes. */
  private static double sum(double[] values) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    for (int i = 0; i < SAMPLES; i += 4) {
      sum0 += values[i];
      sum1 += values[i + 1];
      sum2 += values[i + 2];
      sum3 += values[i + 3];
    }
    return sum0 + sum1 + sum2 + sum3;
  }
}
