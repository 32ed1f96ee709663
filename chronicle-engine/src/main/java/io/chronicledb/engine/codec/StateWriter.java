package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The encoding half of tANS: turns symbols into the bits that lead {@link EntropyDecoder} from state to state. The stream is drawn in
 * {@link EntropyEncoder}.
 */
final class StateWriter {

  static final int LANES = 4;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int BITS_FIELD = 4;

  /** The bits that lead on from each symbol, and how many they are. */
  private final int[] transitions = new int[ChunkEncoder.SAMPLES_MAX];

  /** For symbol after symbol the states that stand for it. */
  private final short[] states = new short[1 << EntropyTable.LOG_MAX];

  /** Where the states of a symbol begin, less its frequency. */
  private final int[] starts = new int[EntropyTable.SYMBOLS_MAX];

  /** From which state on a symbol takes one bit more. */
  private final int[] thresholds = new int[EntropyTable.SYMBOLS_MAX];

  private final int[] bitsMax = new int[EntropyTable.SYMBOLS_MAX];
  private final int[] next = new int[EntropyTable.SYMBOLS_MAX];

  void write(EntropyTable table, int[] symbols, int count, ByteWriter out) {
    prepare(table);
    int log = table.log;
    int size = 1 << log;
    // From the last symbol to the first: the reader goes the other way. Every lane ends in state 0,
    // which the encoder counts from size on.
    int state0 = size;
    int state1 = size;
    int state2 = size;
    int state3 = size;
    int i = count - 1;
    for (; (i & 3) != 3 && i >= 0; i--) {
      int lane = i & 3;
      int state = step(symbols, i, size, size);
      if (lane == 0) {
        state0 = state;
      } else if (lane == 1) {
        state1 = state;
      } else {
        state2 = state;
      }
    }
    for (; i >= 0; i -= 4) {
      state3 = step(symbols, i, state3, size);
      state2 = step(symbols, i - 1, state2, size);
      state1 = step(symbols, i - 2, state1, size);
      state0 = step(symbols, i - 3, state0, size);
    }
    long first = (long) (state0 - size)
        | (long) (state1 - size) << log
        | (long) (state2 - size) << 2 * log
        | (long) (state3 - size) << 3 * log;
    writeTransitions(first, LANES * log, count, out);
  }

  private void prepare(EntropyTable table) {
    int log = table.log;
    int at = 0;
    for (int symbol = 0; symbol < table.symbols; symbol++) {
      int frequency = table.frequencies[symbol];
      next[symbol] = at;
      starts[symbol] = at - frequency;
      bitsMax[symbol] = log + 1 - IntegerPacking.width(frequency);
      thresholds[symbol] = frequency << bitsMax[symbol];
      at += frequency;
    }
    for (int state = 0; state < 1 << log; state++) {
      states[next[table.symbolOfState[state] & 0xFF]++] = (short) state;
    }
  }

  /** Notes the bits that symbol i takes out of a state and returns the state before it. */
  private int step(int[] symbols, int i, int state, int size) {
    int symbol = symbols[i];
    int bits = bitsMax[symbol] - (state < thresholds[symbol] ? 1 : 0);
    transitions[i] = (state & ((1 << bits) - 1)) << BITS_FIELD | bits;
    return size + states[starts[symbol] + (state >>> bits)];
  }

  private void writeTransitions(long first, int firstBits, int count, ByteWriter out) {
    int bitsMaxTotal = firstBits + count * EntropyTable.LOG_MAX;
    out.ensure(bitsMaxTotal / 8 + 16);
    byte[] into = out.array();
    int at = out.size();
    long pending = first;
    int filled = firstBits;
    for (int i = 0; i < count; i++) {
      int transition = transitions[i];
      pending |= (long) (transition >>> BITS_FIELD) << filled;
      filled += transition & (1 << BITS_FIELD) - 1;
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
