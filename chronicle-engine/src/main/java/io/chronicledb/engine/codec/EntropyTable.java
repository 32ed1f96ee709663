package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.BitReader;
import io.chronicledb.engine.bytes.BitWriter;
import io.chronicledb.engine.error.CorruptionException;

/**
 * How often each symbol of an {@link EntropyEncoder} stream occurs, and the states of the coder that follow from it. Both sides
 * start from weights: counts with three significant bits, which cost less to store than exact counts save.
 *
 * <pre>
 * weights   │ weight of symbol 0 │ weight of symbol 1 │ ...
 *
 * weight    exponent e of 0 to 13, relative to that of the symbol before (0 before the first)
 *             0                    the same
 *             100, 101             one more, one less
 *             11 + 4 bits          any other one
 *           then the bits below the highest one, two at most:
 *             e = 0: none, weight 0 │ e = 1: none, weight 1 │ e = 2: one bit, weight 2-3 │ e &gt;= 3: two bits, weight (4 + bits) &lt;&lt; (e-3)
 * </pre>
 */
final class EntropyTable {

  static final int SYMBOLS_MAX = 256;

  /** 2^11 states: more do not make 4096 samples any smaller. */
  static final int LOG_MAX = 11;

  static final int LOG_MIN = 5;

  private static final int EXPONENT_MAX = 13;

  private static final float[] COUNT_TIMES_LOG2 = new float[ChunkEncoder.SAMPLES_MAX + 1];

  static {
    for (int i = 1; i < COUNT_TIMES_LOG2.length; i++) {
      COUNT_TIMES_LOG2[i] = (float) (i * (Math.log(i) / Math.log(2)));
    }
  }

  /** Symbols in use: the arrays below are valid up to here. */
  int symbols;

  /** The base 2 logarithm of the number of states. */
  int log;

  /** States of each symbol; they add up to 2^log. */
  final int[] frequencies = new int[SYMBOLS_MAX];

  /** The symbol of each state. */
  final byte[] symbolOfState = new byte[1 << LOG_MAX];

  private final int[] weights = new int[SYMBOLS_MAX];

  static float log2(int count) {
    return COUNT_TIMES_LOG2[count] / count;
  }

  static float countTimesLog2(int count) {
    return COUNT_TIMES_LOG2[count];
  }

  /** Sets the table up from counts of at most {@link ChunkEncoder#SAMPLES_MAX}, and writes it. */
  void write(int[] counts, int newSymbols, int newLog, BitWriter out) {
    symbols = newSymbols;
    log = newLog;
    int before = 0;
    for (int symbol = 0; symbol < symbols; symbol++) {
      int exponent = IntegerPacking.width(counts[symbol]);
      int lowBits = Math.max(0, exponent - 3);
      int significant = (counts[symbol] + (1 << lowBits >> 1)) >>> lowBits;
      if (significant == 8) {
        exponent++;
        lowBits++;
        significant = 4;
      }
      writeExponent(exponent, before, out);
      int below = Math.min(2, exponent - 1);
      if (below > 0) {
        out.writeBits(significant, below);
      }
      before = exponent;
      weights[symbol] = significant << lowBits;
    }
    assignStates();
  }

  private static void writeExponent(int exponent, int before, BitWriter out) {
    if (exponent == before) {
      out.writeBits(0, 1);
    } else if (exponent == before + 1) {
      out.writeBits(0b100, 3);
    } else if (exponent == before - 1) {
      out.writeBits(0b101, 3);
    } else {
      out.writeBits(0b110000 | exponent, 6);
    }
  }

  /** Reads what {@link #write} wrote. */
  void read(BitReader in, int newSymbols, int newLog) {
    symbols = newSymbols;
    log = newLog;
    int exponent = 0;
    int used = 0;
    for (int symbol = 0; symbol < symbols; symbol++) {
      if (in.readBit()) {
        if (in.readBit()) {
          exponent = (int) in.readBits(4);
        } else {
          exponent += in.readBit() ? -1 : 1;
        }
        if (exponent < 0 || exponent > EXPONENT_MAX) {
          throw new CorruptionException("symbol " + symbol + " has the weight 2^" + exponent);
        }
      }
      int below = Math.min(2, exponent - 1);
      weights[symbol] =
          exponent == 0 ? 0 : (1 << below | (int) in.readBits(below)) << Math.max(0, exponent - 3);
      used += exponent == 0 ? 0 : 1;
    }
    if (used == 0 || used > 1 << log) {
      throw new CorruptionException(used + " symbols for " + (1 << log) + " states");
    }
    assignStates();
  }

  /** Gives every symbol states in proportion to its weight, at least one, and spreads them out. */
  private void assignStates() {
    long sum = 0;
    for (int symbol = 0; symbol < symbols; symbol++) {
      sum += weights[symbol];
    }
    int states = 1 << log;
    int left = states;
    for (int symbol = 0; symbol < symbols; symbol++) {
      long weight = weights[symbol];
      int frequency = weight == 0 ? 0 : Math.max(1, (int) ((weight * states + sum / 2) / sum));
      frequencies[symbol] = frequency;
      left -= frequency;
    }
    // Rounding leaves a few over, or takes a few too many: the most frequent symbol feels it least.
    while (left != 0) {
      int largest = 0;
      for (int symbol = 1; symbol < symbols; symbol++) {
        if (frequencies[symbol] > frequencies[largest]) {
          largest = symbol;
        }
      }
      int change = left > 0 ? left : -1;
      frequencies[largest] += change;
      left -= change;
    }
    // The walk that FSE takes: an odd step visits every state once and keeps the states of a symbol
    // apart.
    int step = (states >> 1) + (states >> 3) + 3;
    int state = 0;
    for (int symbol = 0; symbol < symbols; symbol++) {
      for (int i = 0; i < frequencies[symbol]; i++) {
        symbolOfState[state] = (byte) symbol;
        state = (state + step) & (states - 1);
      }
    }
  }
}
