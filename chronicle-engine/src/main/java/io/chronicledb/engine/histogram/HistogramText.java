package io.chronicledb.engine.histogram;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Histograms and their numbers as Prometheus writes them. */
final class HistogramText {

  /** From this exponent on, numbers are written with one, whatever their digits. */
  private static final int EXPONENT_MAX = 6;

  private HistogramText() {}

  static String of(NativeHistogram histogram) {
    var text = new StringBuilder("{count:");
    appendNumber(text, histogram.count());
    text.append(", sum:");
    appendNumber(text, histogram.sum());
    BucketLayout layout = histogram.layout();
    for (int i = layout.negativeCount() - 1; i >= 0; i--) {
      int index = layout.negativeIndex(i);
      double lower = -layout.upper(index);
      appendBucket(text, true, lower, -layout.upper(index - 1), false, histogram.negative(i));
    }
    double zero = layout.zeroThreshold();
    appendBucket(text, true, -zero, zero, true, histogram.zeroCount());
    for (int i = 0; i < layout.positiveCount(); i++) {
      int index = layout.positiveIndex(i);
      boolean lowest = layout.isCustom() && index == 0;
      appendBucket(
          text, lowest, layout.upper(index - 1), layout.upper(index), true, histogram.positive(i));
    }
    return text.append('}').toString();
  }

  private static void appendBucket(
      StringBuilder text,
      boolean lowerInclusive,
      double lower,
      double upper,
      boolean upperInclusive,
      double count) {
    if (count == 0) {
      return;
    }
    text.append(", ").append(lowerInclusive ? '[' : '(');
    appendNumber(text, lower);
    text.append(',');
    appendNumber(text, upper);
    text.append(upperInclusive ? ']' : ')').append(':');
    appendNumber(text, count);
  }

  /** The shortest decimal that reads back as the same, as Go's {@code %g}. */
  static void appendNumber(StringBuilder text, double value) {
    if (Double.isNaN(value)) {
      text.append("NaN");
      return;
    }
    if (Double.doubleToRawLongBits(value) < 0) {
      text.append('-');
    }
    double magnitude = Math.abs(value);
    if (magnitude == Double.POSITIVE_INFINITY) {
      text.append(value > 0 ? "+Inf" : "Inf");
      return;
    }
    if (magnitude == 0) {
      text.append('0');
      return;
    }
    BigDecimal shortest = shortest(magnitude);
    String digits = shortest.unscaledValue().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    if (exponent >= -4 && exponent < EXPONENT_MAX) {
      text.append(shortest.toPlainString());
      return;
    }
    text.append(digits.charAt(0));
    if (digits.length() > 1) {
      text.append('.').append(digits, 1, digits.length());
    }
    text.append(exponent < 0 ? "e-" : "e+");
    if (Math.abs(exponent) < 10) {
      text.append('0');
    }
    text.append(Math.abs(exponent));
  }

  /** The JDK's own text is not always the shortest before version 19. */
  private static BigDecimal shortest(double magnitude) {
    var exact = new BigDecimal(magnitude);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == magnitude) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros();
  }
}
