package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.error.CorruptionException;

/** Reads what {@link IntegerEncoder} writes, where the layout is drawn. */
final class IntegerDecoder {

  private final EntropyDecoder entropy = new EntropyDecoder();
  private final PaddedBytes padded = new PaddedBytes();

  private int predictor;
  private int smoothing;
  /** The predictor's state: the level, or the value before and the difference to it. */
  private long level;

  private long slope;

  /** Decodes {@code count} integers into the front of {@code into}. */
  void decode(ByteReader in, int count, long[] into) {
    int kind = in.readByte();
    int coding = kind & 3;
    predictor = kind >>> 2 & 3;
    smoothing = kind >>> 4;
    int order = Predictor.order(predictor);
    if (coding > IntegerEncoder.CODING_ENTROPY
        || predictor > Predictor.SLOPE
        || smoothing > (predictor == Predictor.LEVEL ? Predictor.SMOOTHING_MAX : 0)
        || order > count) {
      throw new CorruptionException(
          "unknown kind " + kind + " of a column with " + count + " integers");
    }
    if (order > 0) {
      long first = in.readVarint();
      into[0] = first;
      level = first << smoothing;
    }
    if (order > 1) {
      slope = in.readVarint();
      level += slope;
      into[1] = level;
    }
    switch (coding) {
      case IntegerEncoder.CODING_CONSTANT -> {
        long residual = in.readVarint();
        for (int i = order; i < count; i++) {
          into[i] = residual;
        }
        integrate(into, order, count);
      }
      case IntegerEncoder.CODING_PACKED -> {
        long reference = 0;
        for (int from = order; from < count; from += IntegerPacking.BLOCK) {
          int to = Math.min(count, from + IntegerPacking.BLOCK);
          int width = in.readByte();
          if (width > 64) {
            throw new CorruptionException("integers of " + width + " bits");
          }
          reference += in.readVarint();
          padded.unpack(in, to - from, width, reference, into, from);
          integrate(into, from, to);
        }
      }
      default -> {
        entropy.decode(in, into, order, count);
        integrate(into, order, count);
      }
    }
  }

  /** Turns residuals into the integers that they stand for. */
  private void integrate(long[] into, int from, int to) {
    if (predictor == Predictor.SLOPE) {
      long value = level;
      long difference = slope;
      for (int i = from; i < to; i++) {
        difference += into[i];
        value += difference;
        into[i] = value;
      }
      level = value;
      slope = difference;
    } else if (predictor == Predictor.LEVEL && smoothing == 0) {
      long value = level;
      for (int i = from; i < to; i++) {
        value += into[i];
        into[i] = value;
      }
      level = value;
    } else if (predictor == Predictor.LEVEL) {
      long sum = level;
      for (int i = from; i < to; i++) {
        long residual = into[i];
        into[i] = (sum >> smoothing) + residual;
        sum += residual;
      }
      level = sum;
    }
  }
}
