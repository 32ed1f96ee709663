package io.chronicledb.app.api.remoteread;

import io.chronicledb.engine.bytes.BitWriter;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.util.function.IntUnaryOperator;

/**
 * One native histogram in the encoding of Prometheus' chunks of histograms with doubles. A chunk could hold more, of equal buckets; histograms
 * are few beside their size, and alone they need neither the histogram before nor the states that packing has. Not thread-safe.
 *
 * <pre>
 * │ count u16 big-endian = 1 │ resets, 2 bits, and 6 zero bits │ zero threshold │ schema │ positive │ negative │ bounds │ time │
 * │ count │ zero count │ sum │ positive bucket │ … │ negative bucket │ … │ 0–7 zero bits │     doubles of 64 bits
 *
 * resets          00 unknown │ 01 none │ 10 one │ 11 a gauge
 * zero threshold  u8: 0 it is zero │ e + 243 it is 2^(e-1), e from -242 to 11 │ 255, then 64 bits
 * positive        │ spans │ ( length │ skipped )* │     negative likewise
 * bounds          of custom buckets only: │ count │ ( 0 │ 64 bits )* │
 * number          the first of these that holds it: 0 │ 10 3 bits │ 110 6 bits │ 1110 9 bits │ 11110 12 bits │ 111110 18 bits │
 *                 1111110 25 bits │ 11111110 56 bits │ 11111111 64 bits; schema, skipped and time with a sign, the others without
 * </pre>
 */
final class HistogramChunk {

  /** Its number among Prometheus' encodings. */
  static final int ENCODING = 3;

  private static final int[] WIDTHS = {3, 6, 9, 12, 18, 25, 56};
  private static final int POWER_MIN = -242;
  private static final int POWER_MAX = 11;
  private static final int POWER_BIAS = 243;

  private final ByteWriter bytes = new ByteWriter(1024);
  private final BitWriter bits = new BitWriter(bytes);

  byte[] encode(long millis, NativeHistogram histogram) {
    bytes.clear();
    bytes.writeByte(0);
    bytes.writeByte(1);
    bytes.writeByte(resets(histogram.hint()) << 6);
    BucketLayout layout = histogram.layout();
    threshold(layout.zeroThreshold());
    signed(layout.schema());
    spans(layout::positiveIndex, layout.positiveCount());
    spans(layout::negativeIndex, layout.negativeCount());
    if (layout.isCustom()) {
      unsigned(layout.boundCount());
      for (int i = 0; i < layout.boundCount(); i++) {
        bits.writeBit(false);
        number(layout.bound(i));
      }
    }
    signed(millis);
    number(histogram.count());
    number(histogram.zeroCount());
    number(histogram.sum());
    for (int i = 0; i < layout.positiveCount(); i++) {
      number(histogram.positive(i));
    }
    for (int i = 0; i < layout.negativeCount(); i++) {
      number(histogram.negative(i));
    }
    bits.flush();
    return bytes.toByteArray();
  }

  private static int resets(CounterResetHint hint) {
    return switch (hint) {
      case UNKNOWN -> 0b00;
      case NOT_RESET -> 0b01;
      case RESET -> 0b10;
      case GAUGE -> 0b11;
    };
  }

  private void threshold(double threshold) {
    int power = Math.getExponent(threshold) + 1;
    if (threshold == 0) {
      bits.writeBits(0, 8);
    } else if (threshold == Math.scalb(1.0, power - 1)
        && power >= POWER_MIN
        && power <= POWER_MAX) {
      bits.writeBits(power + POWER_BIAS, 8);
    } else {
      bits.writeBits(255, 8);
      number(threshold);
    }
  }

  private void spans(IntUnaryOperator indexes, int count) {
    unsigned(BucketSpans.count(indexes, count));
    BucketSpans.each(indexes, count, (skipped, length) -> {
      unsigned(length);
      signed(skipped);
    });
  }

  private void number(double value) {
    bits.writeBits(Double.doubleToRawLongBits(value), 64);
  }

  private void signed(long value) {
    int form = 0;
    while (form < WIDTHS.length && !fits(value, WIDTHS[form])) {
      form++;
    }
    write(value, value == 0 ? -1 : form);
  }

  /** Two's complement, but with the lowest number given to the positive side. */
  private static boolean fits(long value, int width) {
    long half = 1L << (width - 1);
    return value > -half && value <= half;
  }

  private void unsigned(long value) {
    int form = 0;
    while (form < WIDTHS.length && value >>> WIDTHS[form] != 0) {
      form++;
    }
    write(value, value == 0 ? -1 : form);
  }

  /** @param form the place of the width; -1 for zero, which takes one bit */
  private void write(long value, int form) {
    if (form < 0) {
      bits.writeBit(false);
    } else if (form == WIDTHS.length) {
      bits.writeBits(0b1111_1111, 8);
      bits.writeBits(value, 64);
    } else {
      bits.writeBits((1L << form + 2) - 2, form + 2);
      bits.writeBits(value, WIDTHS[form]);
    }
  }
}
