package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.BitWriter;
import io.chronicledb.engine.bytes.ByteWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes residuals in little more bits than their entropy: each is split into low bits, which are as good as random, and a symbol,
 * which is entropy coded with tANS (Duda, "Asymmetric numeral systems", arXiv 1311.2540; the table layout is that of Collet's FSE).
 *
 * <pre>
 * │ base varint │ shift u8 │ below u8 │ core u8 │ above u8 │ log u8 │ weights │ states │ low bits │ far bits │
 *
 * residual   base + (q &lt;&lt; shift | low)                low is shift bits wide
 * symbols    0 .. below-1                 q &lt; 0: symbol below-1-b stands for -1-q of b significant bits
 *            below .. below+core-1        0 &lt;= q &lt; core: one symbol for each q
 *            .. below+core+above-1        q &gt;= core: symbol below+core+b stands for q-core of b significant bits
 * weights    drawn in {@link EntropyTable}, padded to bytes
 * states     4 first states of log bits each, then for one sample after the other the bits that lead from its state to the next
 *            one in its lane; least significant bit first, padded to bytes. Sample i has the lane i mod 4
 * low bits   packed with the width shift
 * far bits   for each q outside of the core the b-1 bits below its highest one, most significant first, padded to bytes
 * </pre>
 *
 * So a narrow distribution has one symbol for each value, a wide one about eight for each standard deviation, and an outlier costs
 * its own bits and no room in the table. Every lane ends in state 0, which the reader checks.
 */
final class EntropyEncoder {

  static final int LANES = 4;
  /** Magnitudes of 0 to 64 bits. */
  static final int FAR_MAX = 65;

  static final int CORE_MAX = EntropyTable.SYMBOLS_MAX - 2 * FAR_MAX;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int SAMPLE = 256;
  /** Buckets at the finest resolution that is tried. */
  private static final int FINE_MAX = 1024;
  /** Resolutions that are tried: each twice as coarse as the one before. */
  private static final int RESOLUTIONS = 5;

  private static final float SYMBOL_BITS = 5.5f;

  private final EntropyTable table = new EntropyTable();
  private final long[] sample = new long[SAMPLE];
  private final int[] fine = new int[FINE_MAX];
  private final int[] fineBelow = new int[FAR_MAX];
  private final int[] fineAbove = new int[FAR_MAX];
  private final int[] counts = new int[EntropyTable.SYMBOLS_MAX];
  private final int[] symbols = new int[ChunkEncoder.SAMPLES_MAX];
  private final int[] transitions = new int[ChunkEncoder.SAMPLES_MAX];
  private final short[] nextStates = new short[1 << EntropyTable.LOG_MAX];
  private final int[] starts = new int[EntropyTable.SYMBOLS_MAX];
  private final int[] thresholds = new int[EntropyTable.SYMBOLS_MAX];
  private final ByteWriter farBytes = new ByteWriter(64);
  private final BitWriter farBits = new BitWriter(farBytes);

  private long base;
  private int shift;
  private int core;
  private float bestBits;

  /** Appends {@code residuals[from..to)}, of which there is at least one. */
  void encode(long[] residuals, int from, int to, ByteWriter out) {
    chooseBuckets(residuals, from, to);
    int count = to - from;
    int below = 0;
    int above = 0;
    for (int i = from; i < to; i++) {
      long q = (residuals[i] - base) >> shift;
      if (q < 0) {
        below = Math.max(below, IntegerPacking.width(-1 - q) + 1);
      } else if (q >= core) {
        above = Math.max(above, IntegerPacking.width(q - core) + 1);
      }
    }
    int symbolCount = below + core + above;
    Arrays.fill(counts, 0, symbolCount, 0);
    farBytes.clear();
    for (int i = 0; i < count; i++) {
      long q = (residuals[from + i] - base) >> shift;
      int symbol;
      if (q < 0) {
        symbol = below - 1 - writeFar(-1 - q);
      } else if (q >= core) {
        symbol = below + core + writeFar(q - core);
      } else {
        symbol = below + (int) q;
      }
      symbols[i] = symbol;
      counts[symbol]++;
    }
    farBits.flush();
    out.writeVarint(base);
    out.writeByte(shift);
    out.writeByte(below);
    out.writeByte(core);
    out.writeByte(above);
    int log = tableLog(count, symbolCount);
    out.writeByte(log);
    var weights = new BitWriter(out);
    table.write(counts, symbolCount, log, weights);
    weights.flush();
    writeStates(count, out);
    IntegerPacking.pack(residuals, from, count, base, shift, out);
    out.writeBytes(farBytes.array(), 0, farBytes.size());
  }

  /** Writes the bits below the highest one and returns how many bits there are with it. */
  private int writeFar(long distance) {
    int width = IntegerPacking.width(distance);
    if (width > 1) {
      farBits.writeBits(distance, width - 1);
    }
    return width;
  }

  private static int tableLog(int count, int symbolCount) {
    int log = Math.max(IntegerPacking.width(count - 1L) - 1, IntegerPacking.width(symbolCount) + 1);
    return Math.max(EntropyTable.LOG_MIN, Math.min(EntropyTable.LOG_MAX, log));
  }

  /**
   * Looks for the base, the shift and the core that give the fewest bits. A sample says where most residuals lie; they are counted
   * in fine buckets there, and coarser ones follow by merging neighbours.
   */
  private void chooseBuckets(long[] residuals, int from, int to) {
    int count = to - from;
    int taken = Math.min(SAMPLE, count);
    for (int i = 0; i < taken; i++) {
      sample[i] = residuals[from + (int) ((long) i * count / taken)];
    }
    Arrays.sort(sample, 0, taken);
    long spread = sample[taken - 1 - taken / 6] - sample[taken / 6];
    int finest = Math.max(0, IntegerPacking.width(spread) - 5);
    bestBits = Float.MAX_VALUE;
    tryRange(residuals, from, to, taken, 0, finest);
    if (taken == SAMPLE) {
      tryRange(residuals, from, to, taken, 4, finest);
    }
    trimCore(residuals, from, to);
  }

  /** Tries a core that holds the sample but for {@code cut} on either side. */
  private void tryRange(long[] residuals, int from, int to, int taken, int cut, int finest) {
    long half = finest > 53 ? Long.MAX_VALUE : (long) (FINE_MAX / 2) << finest;
    long median = sample[taken / 2];
    long low =
        median - sample[cut] < 0 || median - sample[cut] > half ? median - half : sample[cut];
    long last = sample[taken - 1 - cut] - median;
    long high = last < 0 || last >= half ? median + half - 1 : sample[taken - 1 - cut];
    int merged = 1 << (RESOLUTIONS - 1);
    int buckets = (int) (((high - low) >>> finest) + merged) & -merged;
    buckets = Math.min(FINE_MAX, buckets);
    Arrays.fill(fine, 0, buckets, 0);
    Arrays.fill(fineBelow, 0);
    Arrays.fill(fineAbove, 0);
    for (int i = from; i < to; i++) {
      long q = (residuals[i] - low) >> finest;
      if (q >= 0 && q < buckets) {
        fine[(int) q]++;
      } else if (q < 0) {
        fineBelow[IntegerPacking.width(-1 - q)]++;
      } else {
        fineAbove[IntegerPacking.width(q - buckets)]++;
      }
    }
    int count = to - from;
    for (int coarser = 0; coarser < RESOLUTIONS && finest + coarser < 64; coarser++) {
      int width = 1 << coarser;
      if (buckets >> coarser > CORE_MAX) {
        continue;
      }
      float bits = count * (EntropyTable.log2(count) + finest + coarser);
      for (int i = 0; i < buckets; i += width) {
        int n = 0;
        for (int j = i; j < i + width; j++) {
          n += fine[j];
        }
        bits += n == 0 ? 1 : SYMBOL_BITS - EntropyTable.countTimesLog2(n);
      }
      bits += farCost(fineBelow, coarser) + farCost(fineAbove, coarser);
      if (bits < bestBits) {
        bestBits = bits;
        base = low;
        shift = finest + coarser;
        core = buckets >> coarser;
      }
    }
  }

  private static float farCost(int[] far, int coarser) {
    float bits = 0;
    int near = 0;
    for (int width = 0; width < FAR_MAX; width++) {
      near += far[width];
      if (width < coarser || near == 0) {
        continue;
      }
      bits += SYMBOL_BITS
          - EntropyTable.countTimesLog2(near)
          + (float) near * Math.max(0, width - coarser - 1);
      near = 0;
    }
    return bits;
  }

  /** Takes empty buckets off both ends of the core, where nothing lies beyond them. */
  private void trimCore(long[] residuals, int from, int to) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = from; i < to; i++) {
      long q = (residuals[i] - base) >> shift;
      min = Math.min(min, q);
      max = Math.max(max, q);
    }
    if (max >= 0 && max < core) {
      core = (int) max + 1;
    }
    if (min > 0 && min < core) {
      core -= (int) min;
      base += min << shift;
    }
  }

  /** The symbols from the last one to the first, as tANS has it, and then what the reader needs in its order. */
  private void writeStates(int count, ByteWriter out) {
    int log = table.log;
    int states = 1 << log;
    int total = 0;
    for (int symbol = 0; symbol < table.symbols; symbol++) {
      int frequency = table.frequencies[symbol];
      if (frequency > 0) {
        starts[symbol] = total - frequency;
        thresholds[symbol] = frequency << (log + 1 - IntegerPacking.width(frequency));
        total += frequency;
      }
    }
    // nextStates lists each symbol's states one after the other; starts is less by the frequency,
    // which
    // is the lowest index that the encoder comes with.
    for (int symbol = 0, at = 0; symbol < table.symbols; symbol++) {
      counts[symbol] = at;
      at += table.frequencies[symbol];
    }
    for (int state = 0; state < states; state++) {
      nextStates[counts[table.symbolOfState[state] & 0xFF]++] = (short) state;
    }
    int state0 = states;
    int state1 = states;
    int state2 = states;
    int state3 = states;
    for (int i = count - 1; i >= 0; i--) {
      int symbol = symbols[i];
      int state = switch (i & 3) {
        case 0 -> state0;
        case 1 -> state1;
        case 2 -> state2;
        default -> state3;
      };
      int bits = log + 1 - IntegerPacking.width(table.frequencies[symbol]);
      if (state < thresholds[symbol]) {
        bits--;
      }
      transitions[i] = (state & ((1 << bits) - 1)) << 4 | bits;
      int next = states + nextStates[starts[symbol] + (state >>> bits)];
      switch (i & 3) {
        case 0 -> state0 = next;
        case 1 -> state1 = next;
        case 2 -> state2 = next;
        default -> state3 = next;
      }
    }
    int at = out.size();
    int bytesMax = (LANES * log + count * log >>> 3) + 16;
    out.ensure(bytesMax);
    byte[] into = out.array();
    long pending = (long) (state0 - states)
        | (long) (state1 - states) << log
        | (long) (state2 - states) << 2 * log
        | (long) (state3 - states) << 3 * log;
    int filled = LANES * log;
    for (int i = 0; i < count; i++) {
      int bits = transitions[i] & 0xF;
      pending |= (long) (transitions[i] >>> 4) << filled;
      filled += bits;
      if (filled >= 48) {
        LONG.set(into, at, pending);
        at += filled >>> 3;
        pending >>>= filled & -8;
        filled &= 7;
      }
    }
    LONG.set(into, at, pending);
    out.advance(at + (filled + 7 >>> 3) - out.size());
  }
}
