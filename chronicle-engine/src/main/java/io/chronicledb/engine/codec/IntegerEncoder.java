package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteWriter;

/**
 * Writes a column of integers: a {@link Predictor}, and what it leaves packed or entropy coded. {@link IntegerDecoder} reads it.
 *
 * <pre>
 * │ kind u8 │ x0 varint │ d1 varint │ residuals of the other values │
 *
 * kind       bits 0-1 coding, 2-3 predictor, 4-6 smoothing s of the predictor LEVEL, 7 zero
 * x0, d1     the first value, where the predictor is not NONE; the difference to the second one, where it is SLOPE
 *
 * coding 0   │ r varint │                                              every residual is r
 * coding 1   │ block │ block │ ...                                     packed: 128 residuals each, the last one fewer
 *   block    │ width u8 │ reference varint │ packed residuals │        residual = reference + width bits
 * coding 2   drawn in {@link EntropyEncoder}
 * </pre>
 *
 * The reference of a block is stored as the difference to the one of the block before. Packed integers are drawn in
 * {@link IntegerPacking}.
 */
final class IntegerEncoder {

  static final int CODING_CONSTANT = 0;
  static final int CODING_PACKED = 1;
  static final int CODING_ENTROPY = 2;

  /** Sets of predictors that {@link #plan} looks at. */
  static final int ALL = 3;

  /** The difference to the value before, and the difference of two such: what suits any column that grows. */
  static final int DIFFERENCES = 1;

  /** The value itself and smoothed levels: what suits noise around something that changes slowly. */
  static final int LEVELS = 2;

  /** The entropy stage costs time at every read: so much has to be gained, in percent. */
  private static final int ENTROPY_GAIN = 3;

  private static final int BLOCK_HEADER_BITS = 8 + 12;

  private final boolean cold;
  private final EntropyEncoder entropy = new EntropyEncoder();
  private final long[] residuals = new long[ChunkEncoder.SAMPLES_MAX];
  private final EntropyEstimate estimate = new EntropyEstimate();

  IntegerEncoder(Effort effort) {
    this.cold = effort == Effort.COLD;
  }

  /** Finds the smallest way to write {@code count} integers among the given sets of predictors. */
  void plan(long[] x, int count, int predictors, IntegerPlan plan) {
    planPacked(x, count, predictors, plan);
    plan.packedPredictor = plan.predictor;
    plan.packedBits = plan.bits;
    if (cold && plan.bits > 0) {
      planEntropy(x, count, predictors, plan);
    }
  }

  /** The range of every block under every predictor that needs no multiplication, in one pass. */
  private static void planPacked(long[] x, int count, int predictors, IntegerPlan plan) {
    boolean differences = (predictors & DIFFERENCES) != 0 && count >= 2;
    long plainBits = 0;
    long deltaBits = 0;
    long slopeBits = 0;
    long firstDelta = differences ? x[1] - x[0] : 0;
    long otherDeltas = 0;
    long previous = x[0];
    long delta = firstDelta;
    for (int from = 0; from < count; from += IntegerPacking.BLOCK) {
      int to = Math.min(count, from + IntegerPacking.BLOCK);
      int start = Math.max(1, from);
      long min = from == 0 ? previous : x[from];
      long max = min;
      long deltaMin = start < count ? x[start] - previous : firstDelta;
      long deltaMax = deltaMin;
      long slopeMin = deltaMin - delta;
      long slopeMax = slopeMin;
      long origin = min;
      long offset = previous - origin;
      long offsets = offset ^ offset >> 63;
      for (int i = start; i < to; i++) {
        long value = x[i];
        offset = value - origin;
        offsets |= offset ^ offset >> 63;
        long newDelta = value - previous;
        long slope = newDelta - delta;
        previous = value;
        delta = newDelta;
        otherDeltas |= newDelta ^ firstDelta;
        min = lesser(min, value);
        max = greater(max, value);
        deltaMin = lesser(deltaMin, newDelta);
        deltaMax = greater(deltaMax, newDelta);
        slopeMin = lesser(slopeMin, slope);
        slopeMax = greater(slopeMax, slope);
      }
      int length = to - from;
      if (offsets >>> 60 != 0) {
        // Too far apart for the minima and maxima above, and for any saving.
        max = min - 1;
        deltaMax = deltaMin - 1;
        slopeMax = slopeMin - 1;
      }
      plainBits += BLOCK_HEADER_BITS + (long) length * IntegerPacking.width(max - min);
      deltaBits += BLOCK_HEADER_BITS + (long) length * IntegerPacking.width(deltaMax - deltaMin);
      slopeBits += BLOCK_HEADER_BITS + (long) length * IntegerPacking.width(slopeMax - slopeMin);
    }
    boolean sameDelta = differences && otherDeltas == 0;
    if (sameDelta) {
      plan.set(Predictor.LEVEL, 0, false, 0);
      return;
    }
    plan.set(Predictor.NONE, 0, false, Long.MAX_VALUE);
    if ((predictors & LEVELS) != 0) {
      plan.set(Predictor.NONE, 0, false, plainBits);
    }
    if (differences && deltaBits < plan.bits) {
      plan.set(Predictor.LEVEL, 0, false, deltaBits);
    }
    if (differences && slopeBits < plan.bits) {
      plan.set(Predictor.SLOPE, 0, false, slopeBits);
    }
  }

  private void planEntropy(long[] x, int count, int predictors, IntegerPlan plan) {
    long packedBits = plan.bits;
    plan.bits = packedBits - packedBits * ENTROPY_GAIN / 100;
    if ((predictors & DIFFERENCES) != 0) {
      tryEntropy(x, count, Predictor.LEVEL, 0, plan);
      tryEntropy(x, count, Predictor.SLOPE, 0, plan);
    }
    if ((predictors & LEVELS) != 0) {
      tryEntropy(x, count, Predictor.NONE, 0, plan);
      for (int smoothing = 2; smoothing < Predictor.SMOOTHING_MAX; smoothing += 2) {
        tryEntropy(x, count, Predictor.LEVEL, smoothing, plan);
      }
      if (plan.entropy && plan.predictor == Predictor.LEVEL) {
        int best = plan.smoothing;
        tryEntropy(x, count, Predictor.LEVEL, Math.max(1, best - 1), plan);
        tryEntropy(x, count, Predictor.LEVEL, best + 1, plan);
      }
    }
    if (!plan.entropy) {
      plan.bits = packedBits;
    }
  }

  private void tryEntropy(long[] x, int count, int predictor, int smoothing, IntegerPlan plan) {
    Predictor.residuals(predictor, smoothing, x, count, residuals);
    long bits = estimate.bits(residuals, Predictor.order(predictor), count);
    if (bits < plan.bits) {
      plan.set(predictor, smoothing, true, bits);
    }
  }

  /** Writes the integers that {@code plan} was made for. */
  void write(long[] x, int count, IntegerPlan plan, ByteWriter out) {
    Predictor.residuals(plan.predictor, plan.smoothing, x, count, residuals);
    int order = Predictor.order(plan.predictor);
    // So far it was an estimate that the entropy stage gains. What it finds when it looks closely
    // decides.
    if (plan.entropy && entropy.choose(residuals, order, count) > plan.packedBits) {
      plan.set(plan.packedPredictor, 0, false, plan.packedBits);
      order = Predictor.order(plan.predictor);
      Predictor.residuals(plan.predictor, 0, x, count, residuals);
    }
    boolean constant = order < count;
    for (int i = order + 1; i < count && constant; i++) {
      constant = residuals[i] == residuals[order];
    }
    int coding = constant ? CODING_CONSTANT : plan.entropy ? CODING_ENTROPY : CODING_PACKED;
    out.writeByte(coding | plan.predictor << 2 | plan.smoothing << 4);
    if (order > 0) {
      out.writeVarint(x[0]);
    }
    if (order > 1) {
      out.writeVarint(x[1] - x[0]);
    }
    switch (coding) {
      case CODING_CONSTANT -> out.writeVarint(residuals[order]);
      case CODING_PACKED -> writePacked(order, count, out);
      default -> entropy.write(residuals, order, count, out);
    }
  }

  /** Without a branch, which noise would mislead every few values; wrong for integers more than 2^63 apart. */
  private static long lesser(long a, long b) {
    long difference = a - b;
    return b + (difference & difference >> 63);
  }

  /** The counterpart of {@link #lesser}. */
  private static long greater(long a, long b) {
    long difference = a - b;
    return a - (difference & difference >> 63);
  }

  private void writePacked(int start, int count, ByteWriter out) {
    long before = 0;
    for (int from = start; from < count; from += IntegerPacking.BLOCK) {
      int to = Math.min(count, from + IntegerPacking.BLOCK);
      long min = residuals[from];
      long max = min;
      long magnitudes = 0;
      for (int i = from; i < to; i++) {
        long residual = residuals[i];
        magnitudes |= residual ^ residual >> 63;
        min = lesser(min, residual);
        max = greater(max, residual);
      }
      if (magnitudes >>> 62 != 0) {
        // They may be too far apart for the quick way.
        for (int i = from; i < to; i++) {
          min = i == from ? residuals[i] : Math.min(min, residuals[i]);
          max = i == from ? residuals[i] : Math.max(max, residuals[i]);
        }
      }
      int width = IntegerPacking.width(max - min);
      // The reference of the block before costs one byte, and does as well where it adds no bit.
      long reference = from > start && min >= before && IntegerPacking.width(max - before) == width
          ? before
          : min;
      out.writeByte(width);
      out.writeVarint(reference - before);
      before = reference;
      IntegerPacking.pack(residuals, from, to - from, reference, width, out);
    }
  }
}
