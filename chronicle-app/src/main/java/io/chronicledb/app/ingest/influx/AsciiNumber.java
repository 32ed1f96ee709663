package io.chronicledb.app.ingest.influx;

import java.nio.charset.StandardCharsets;

/** Numbers straight from bytes: the ordinary ones without making a string. */
final class AsciiNumber {

  /** Ten to these powers is exact as a double, and so is a whole number of up to 15 digits: one operation then rounds right. */
  private static final double[] POWERS = new double[23];

  private static final int EXACT_DIGITS = 15;
  /** More digits than any double needs; longer texts are not numbers but a burden. */
  private static final int TEXT_MAX = 400;

  static {
    double power = 1;
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = power;
      power *= 10;
    }
  }

  private AsciiNumber() {}

  /** A finite decimal number such as {@code -1.5e3}. */
  static double parseDouble(byte[] bytes, int from, int to) throws BadLineException {
    int at = from;
    boolean negative = false;
    if (at < to && (bytes[at] == '-' || bytes[at] == '+')) {
      negative = bytes[at] == '-';
      at++;
    }
    long digits = 0;
    int count = 0;
    int scale = 0;
    boolean point = false;
    int start = at;
    for (; at < to; at++) {
      int c = bytes[at];
      if (c >= '0' && c <= '9') {
        if (count < 18) {
          digits = digits * 10 + (c - '0');
        }
        // Leading zeros say nothing about how many digits count.
        count += digits == 0 ? 0 : 1;
        scale += point ? 1 : 0;
      } else if (c == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    boolean hasDigits = at - start - (point ? 1 : 0) > 0;
    int exponent = 0;
    if (at < to && (bytes[at] == 'e' || bytes[at] == 'E')) {
      int sign = at + 1 < to && (bytes[at + 1] == '-' || bytes[at + 1] == '+') ? 1 : 0;
      int digitsFrom = at + 1 + sign;
      at = digitsFrom;
      for (; at < to && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
        exponent = Math.min(100_000, exponent * 10 + (bytes[at] - '0'));
      }
      hasDigits &= at > digitsFrom;
      exponent = sign == 1 && bytes[digitsFrom - 1] == '-' ? -exponent : exponent;
    }
    if (!hasDigits || at != to || to - from > TEXT_MAX) {
      throw new BadLineException("\"" + shorten(bytes, from, to) + "\" is not a number");
    }
    int power = exponent - scale;
    double value;
    if (count <= EXACT_DIGITS && Math.abs(power) < POWERS.length) {
      value = power < 0 ? digits / POWERS[-power] : digits * POWERS[power];
      value = negative ? -value : value;
    } else {
      value = Double.parseDouble(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
    }
    if (Double.isInfinite(value)) {
      throw new BadLineException(
          "\"" + shorten(bytes, from, to) + "\" is outside of the range of a double");
    }
    return value;
  }

  /** A whole number of 64 bits with sign. */
  static long parseLong(byte[] bytes, int from, int to) throws BadLineException {
    boolean negative = from < to && bytes[from] == '-';
    int at = from + (from < to && (bytes[from] == '-' || bytes[from] == '+') ? 1 : 0);
    if (at == to) {
      throw new BadLineException("\"" + shorten(bytes, from, to) + "\" is not a whole number");
    }
    // Summed up negatively, since the smallest long has no positive counterpart.
    long value = 0;
    for (; at < to; at++) {
      int digit = bytes[at] - '0';
      if (digit < 0 || digit > 9) {
        throw new BadLineException("\"" + shorten(bytes, from, to) + "\" is not a whole number");
      }
      if (value < (Long.MIN_VALUE + digit) / 10) {
        throw new BadLineException(
            "\"" + shorten(bytes, from, to) + "\" is outside of the range of 64 bits");
      }
      value = value * 10 - digit;
    }
    if (!negative && value == Long.MIN_VALUE) {
      throw new BadLineException(
          "\"" + shorten(bytes, from, to) + "\" is outside of the range of 64 bits");
    }
    return negative ? value : -value;
  }

  /** A whole number of 64 bits without sign, as the nearest double. */
  static double parseUnsigned(byte[] bytes, int from, int to) throws BadLineException {
    long value = 0;
    if (from == to) {
      throw new BadLineException("\"u\" is not a whole number");
    }
    for (int at = from; at < to; at++) {
      int digit = bytes[at] - '0';
      if (digit < 0 || digit > 9) {
        throw new BadLineException(
            "\"" + shorten(bytes, from, to) + "\" is not a whole number without sign");
      }
      if (Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) > 0) {
        throw new BadLineException(
            "\"" + shorten(bytes, from, to) + "\" is outside of the range of 64 bits");
      }
      value = value * 10 + digit;
    }
    // The lowest bit is kept for rounding when the number is halved to fit a signed long.
    return value >= 0 ? value : (double) (value >>> 1 | value & 1) * 2;
  }

  static String shorten(byte[] bytes, int from, int to) {
    int length = Math.min(40, to - from);
    return new String(bytes, from, length, StandardCharsets.UTF_8)
        + (length < to - from ? "..." : "");
  }
}
