package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.BitReader;
import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.error.CorruptionException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads what {@link EntropyEncoder} writes, where the layout is drawn. */
final class EntropyDecoder {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Whatever the states say, no stream can reach further than this. */
  private static final int STREAM_BYTES_MAX =
      (StateWriter.LANES + ChunkEncoder.SAMPLES_MAX) * EntropyTable.LOG_MAX / 8 + 16;

  private final EntropyTable table = new EntropyTable();
  private final BitReader bits = new BitReader();
  private final byte[] stream = new byte[STREAM_BYTES_MAX];
  private final byte[] symbols = new byte[ChunkEncoder.SAMPLES_MAX + StateWriter.LANES];
  /** What a state means: the next state less the bits to read, how many bits those are, the symbol. */
  private final int[] steps = new int[1 << EntropyTable.LOG_MAX];

  private final int[] next = new int[EntropyTable.SYMBOLS_MAX];
  private final PaddedBytes padded = new PaddedBytes();

  /** Decodes residuals into {@code into[from..to)}. */
  void decode(ByteReader in, long[] into, int from, int to) {
    int count = to - from;
    long base = in.readVarint();
    int shiftAndSpike = in.readByte();
    int shift = shiftAndSpike & (EntropyEncoder.HAS_SPIKE - 1);
    boolean spiked = (shiftAndSpike & EntropyEncoder.HAS_SPIKE) != 0;
    int below = in.readByte();
    int core = in.readByte();
    int above = in.readByte();
    int log = in.readByte();
    int symbolCount = below + core + above + (spiked ? 1 : 0);
    if (shiftAndSpike >= 2 * EntropyEncoder.HAS_SPIKE
        || below > EntropyEncoder.FAR_MAX
        || above > EntropyEncoder.FAR_MAX
        || symbolCount > EntropyTable.SYMBOLS_MAX
        || log < EntropyTable.LOG_MIN
        || log > EntropyTable.LOG_MAX) {
      throw new CorruptionException("entropy coded with shift=" + shiftAndSpike + " below=" + below
          + " core=" + core + " above=" + above + " log=" + log);
    }
    long spike = spiked ? in.readVarint() : 0;
    bits.reset(in.array(), in.arrayOffset(), in.remaining());
    table.read(bits, symbolCount, log);
    in.skip((int) (bits.position() + 7 >>> 3));
    readSymbols(in, count);
    int lows = spiked ? count - countOf(symbolCount - 1, count) : count;
    for (int i = 0; i < lows; i += IntegerPacking.BLOCK) {
      padded.unpack(in, Math.min(IntegerPacking.BLOCK, lows - i), shift, base, into, from + i);
    }
    if (spiked) {
      placeSpikes(into, from, count, lows, (byte) (symbolCount - 1), spike);
    }
    addSymbols(in, into, from, to, below, core, spiked ? symbolCount - 1 : -1, shift);
  }

  private int countOf(int symbol, int count) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      n += (symbols[i] & 0xFF) == symbol ? 1 : 0;
    }
    return n;
  }

  /** Moves the low bits apart, from the last to the first, so that each spike has its place between them. */
  private void placeSpikes(long[] into, int from, int count, int lows, byte symbol, long spike) {
    int low = from + lows;
    for (int i = count - 1; i >= 0; i--) {
      boolean isSpike = symbols[i] == symbol;
      low -= isSpike ? 0 : 1;
      into[from + i] = isSpike ? spike : into[low];
    }
  }

  private void readSymbols(ByteReader in, int count) {
    int log = table.log;
    int states = 1 << log;
    for (int symbol = 0; symbol < table.symbols; symbol++) {
      next[symbol] = table.frequencies[symbol];
    }
    for (int state = 0; state < states; state++) {
      int symbol = table.symbolOfState[state] & 0xFF;
      int occurrence = next[symbol]++;
      int width = log + 1 - (32 - Integer.numberOfLeadingZeros(occurrence));
      steps[state] = (occurrence << width) - states | width << 16 | symbol << 24;
    }
    // A copy with zeros behind it: then no load needs to be checked, and what a damaged stream
    // reads
    // beyond its end is seen afterwards.
    int available = Math.min(in.remaining(), STREAM_BYTES_MAX - 16);
    System.arraycopy(in.array(), in.arrayOffset(), stream, 0, available);
    Arrays.fill(stream, available, Math.min(STREAM_BYTES_MAX, available + 16), (byte) 0);
    int mask = states - 1;
    long word = (long) LONG.get(stream, 0);
    int state0 = (int) word & mask;
    int state1 = (int) (word >>> log) & mask;
    int state2 = (int) (word >>> 2 * log) & mask;
    int state3 = (int) (word >>> 3 * log) & mask;
    int bit = 4 * log;
    int whole = count & -4;
    byte[] to = symbols;
    for (int i = 0; i < whole; i += 4) {
      word = (long) LONG.get(stream, bit >>> 3) >>> (bit & 7);
      int step0 = steps[state0 & mask];
      int step1 = steps[state1 & mask];
      int step2 = steps[state2 & mask];
      int step3 = steps[state3 & mask];
      int width0 = step0 >>> 16 & 0xF;
      int width1 = width0 + (step1 >>> 16 & 0xF);
      int width2 = width1 + (step2 >>> 16 & 0xF);
      int width3 = width2 + (step3 >>> 16 & 0xF);
      state0 = (step0 & 0xFFFF) + ((int) word & ~(-1 << width0));
      state1 = (step1 & 0xFFFF) + ((int) (word >>> width0) & ~(-1 << (width1 - width0)));
      state2 = (step2 & 0xFFFF) + ((int) (word >>> width1) & ~(-1 << (width2 - width1)));
      state3 = (step3 & 0xFFFF) + ((int) (word >>> width2) & ~(-1 << (width3 - width2)));
      bit += width3;
      to[i] = (byte) (step0 >>> 24);
      to[i + 1] = (byte) (step1 >>> 24);
      to[i + 2] = (byte) (step2 >>> 24);
      to[i + 3] = (byte) (step3 >>> 24);
    }
    word = (long) LONG.get(stream, bit >>> 3) >>> (bit & 7);
    for (int i = whole; i < count; i++) {
      int state = i == whole ? state0 : i == whole + 1 ? state1 : state2;
      int step = steps[state & mask];
      int width = step >>> 16 & 0xF;
      int after = (step & 0xFFFF) + ((int) word & ~(-1 << width));
      word >>>= width;
      bit += width;
      to[i] = (byte) (step >>> 24);
      if (i == whole) {
        state0 = after;
      } else if (i == whole + 1) {
        state1 = after;
      } else {
        state2 = after;
      }
    }
    int bytes = bit + 7 >>> 3;
    if ((state0 | state1 | state2 | state3) != 0 || bytes > available) {
      throw new CorruptionException("entropy coded symbols end in the states " + state0 + ", "
          + state1 + ", " + state2 + ", " + state3 + " after " + bytes + " of " + available
          + " bytes");
    }
    in.skip(bytes);
  }

  private void addSymbols(
      ByteReader in, long[] into, int from, int to, int below, int core, int spike, int shift) {
    bits.reset(in.array(), in.arrayOffset(), in.remaining());
    for (int i = from; i < to; i++) {
      int symbol = symbols[i - from] & 0xFF;
      int near = symbol - below;
      if (near >= 0 && near < core) {
        into[i] += (long) near << shift;
      } else if (symbol != spike) {
        long q = near < 0 ? -1 - readFar(-1 - near) : core + readFar(near - core);
        into[i] += q << shift;
      }
    }
    in.skip((int) (bits.position() + 7 >>> 3));
  }

  private long readFar(int width) {
    return width == 0 ? 0 : 1L << (width - 1) | bits.readBits(width - 1);
  }
}
