package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.BitWriter;
import io.chronicledb.engine.bytes.ByteWriter;
import java.util.Arrays;

/**
 * Writes residuals in little more bits than their entropy: each is split into low bits, which are as good as random, and a symbol,
 * which is entropy coded with tANS (Duda, "Asymmetric numeral systems", arXiv 1311.2540; the table layout is that of Collet's FSE).
 *
 * <pre>
 * │ base varint │ shift u8 │ below u8 │ core u8 │ above u8 │ log u8 │ spike varint │ weights │ states │ low bits │ far bits │
 *
 * shift      bits 0-5, bit 6: there is a spike, bit 7 zero
 * residual   base + (q &lt;&lt; shift | low), where low is shift bits wide; or the spike
 * symbols    0 .. below-1                 q &lt; 0: symbol below-1-b stands for -1-q of b significant bits
 *            below .. below+core-1        0 &lt;= q &lt; core: one symbol for each q
 *            .. below+core+above-1        q &gt;= core: symbol below+core+b stands for q-core of b significant bits
 *            the one behind all others    the residual is the spike, and has no low bits
 * weights    drawn in {@link EntropyTable}, padded to bytes
 * states     4 first states of log bits each, then for one sample after the other the bits that lead from its state to the next
 *            one in its lane; least significant bit first, padded to bytes. Sample i has the lane i mod 4
 * low bits   packed with the width shift
 * far bits   for each q outside of the core the b-1 bits below its highest one, most significant first, padded to bytes
 * </pre>
 *
 * So a narrow distribution has one symbol for each value, a wide one about eight for each standard deviation, and an outlier costs
 * its own bits and no room in the table. Values that stay as they are half of the time leave a residual, the spike, that is no noise
 * at all. Every lane ends in state 0, which the reader checks.
 */
final class EntropyEncoder {

  /** Magnitudes of 0 to 64 bits. */
  static final int FAR_MAX = 65;

  static final int CORE_MAX = EntropyTable.SYMBOLS_MAX - 2 * FAR_MAX - 1;

  static final int HAS_SPIKE = 1 << 6;

  private final ResidualBuckets buckets = new ResidualBuckets();
  private final EntropyTable table = new EntropyTable();
  private final StateWriter states = new StateWriter();
  private final int[] counts = new int[EntropyTable.SYMBOLS_MAX];
  private final int[] symbols = new int[ChunkEncoder.SAMPLES_MAX];
  private final ByteWriter farBytes = new ByteWriter(64);
  private final BitWriter farBits = new BitWriter(farBytes);
  private int below;
  private int above;

  /** Finds symbols for {@code residuals[from..to)}, of which there is at least one; returns the bits that they take. */
  long choose(long[] residuals, int from, int to) {
    return buckets.choose(residuals, from, to);
  }

  /** Appends the residuals for which symbols were chosen last. */
  void write(long[] residuals, int from, int to, ByteWriter out) {
    int count = to - from;
    findFar();
    int symbolCount = below + buckets.core + above + (buckets.spiked ? 1 : 0);
    Arrays.fill(counts, 0, symbolCount, 0);
    toSymbols(residuals, from, count);
    int log = tableLog(count, symbolCount);
    out.writeVarint(buckets.base);
    out.writeByte(buckets.shift | (buckets.spiked ? HAS_SPIKE : 0));
    out.writeByte(below);
    out.writeByte(buckets.core);
    out.writeByte(above);
    out.writeByte(log);
    if (buckets.spiked) {
      out.writeVarint(buckets.spike);
    }
    var weights = new BitWriter(out);
    table.write(counts, symbolCount, log, weights);
    weights.flush();
    states.write(table, symbols, count, out);
    IntegerPacking.pack(buckets.rest, 0, buckets.restCount, buckets.base, buckets.shift, out);
    out.writeBytes(farBytes.array(), 0, farBytes.size());
  }

  /** How many symbols there are on either side of the core. */
  private void findFar() {
    below = 0;
    above = 0;
    for (int i = 0; i < buckets.restCount; i++) {
      long q = (buckets.rest[i] - buckets.base) >> buckets.shift;
      if (q < 0) {
        below = Math.max(below, IntegerPacking.width(-1 - q) + 1);
      } else if (q >= buckets.core) {
        above = Math.max(above, IntegerPacking.width(q - buckets.core) + 1);
      }
    }
  }

  private void toSymbols(long[] residuals, int from, int count) {
    farBytes.clear();
    int core = buckets.core;
    for (int i = 0; i < count; i++) {
      long residual = residuals[from + i];
      long q = (residual - buckets.base) >> buckets.shift;
      int symbol;
      if (buckets.spiked && residual == buckets.spike) {
        symbol = below + core + above;
      } else if (q < 0) {
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
  }

  /** Writes the bits below the highest one and returns how many bits there are with it. */
  private int writeFar(long distance) {
    int width = IntegerPacking.width(distance);
    if (width > 1) {
      farBits.writeBits(distance, width - 1);
    }
    return width;
  }

  /**
   * How finely frequencies are told apart. Every state costs the reader time; more than these pay only for a symbol that is nearly
   * certain, and that a coarse table could not make cheap enough.
   */
  private int tableLog(int count, int symbolCount) {
    int most = 0;
    for (int symbol = 0; symbol < symbolCount; symbol++) {
      most = Math.max(most, counts[symbol]);
    }
    int enough = most > count - count / 8 ? EntropyTable.LOG_MAX : symbolCount <= 16 ? 9 : 10;
    int log = Math.min(enough, IntegerPacking.width(count - 1L) - 1);
    return Math.max(Math.max(EntropyTable.LOG_MIN, log), IntegerPacking.width(symbolCount) + 1);
  }
}
