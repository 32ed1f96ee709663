package io.chronicledb.app.wire;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.NumberOutput;

/**
 * Doubles as decimal text the way Go prints them, because that is what clients of Prometheus compare with: the fewest digits that
 * read back as the same double, plain from 1e-6 up to 1e21, otherwise with an exponent of at least two digits; {@code NaN},
 * {@code +Inf}, {@code -Inf}.
 */
public final class NumberText {

  /** Up to this magnitude every whole double is printed exactly by printing the long. */
  private static final double WHOLE_MAX = 1e15;

  private static final int TEXT_MAX = 400;

  private NumberText() {}

  public static String format(double value) {
    var text = new StringBuilder(24);
    append(text, value);
    return text.toString();
  }

  public static void append(StringBuilder out, double value) {
    if (value == Math.rint(value) && Math.abs(value) < WHOLE_MAX) {
      if (value == 0 && 1 / value < 0) {
        out.append('-');
      }
      out.append((long) value);
    } else if (Double.isNaN(value)) {
      out.append("NaN");
    } else if (Double.isInfinite(value)) {
      out.append(value > 0 ? "+Inf" : "-Inf");
    } else {
      appendShortest(out, value, 1e-6, 1e21);
    }
  }

  /** Without an exponent, however many digits that takes; {@code NaN}, {@code +Inf}, {@code -Inf}. */
  public static String plain(double value) {
    var text = new StringBuilder(24);
    if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
      append(text, value);
    } else {
      appendShortest(text, value, 0, Double.POSITIVE_INFINITY);
    }
    return text.toString();
  }

  /**
   * As the text format of metrics has it: with an exponent below 1e-4 and from 1e6 on, which for whole numbers of few digits is the
   * shorter form.
   */
  public static void appendGeneral(StringBuilder out, double value) {
    if (value == 0) {
      out.append('0');
    } else if (Double.isNaN(value) || Double.isInfinite(value)) {
      append(out, value);
    } else {
      appendShortest(out, value, 1e-4, 1e6);
    }
  }

  /** Plain from {@code plainMin} up to {@code plainEnd}. */
  private static void appendShortest(
      StringBuilder out, double value, double plainMin, double plainEnd) {
    // Before 19 the JDK's own Double.toString is not always the shortest.
    String java = NumberOutput.toString(Math.abs(value), true);
    var digits = new StringBuilder(20);
    // The value is 0.DIGITS * 10^point.
    int point = 0;
    int exponent = 0;
    for (int i = 0; i < java.length(); i++) {
      char c = java.charAt(i);
      if (c == 'E') {
        exponent = Integer.parseInt(java, i + 1, java.length(), 10);
        break;
      }
      if (c == '.') {
        point = digits.length();
      } else {
        digits.append(c);
      }
    }
    int zeros = 0;
    while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
      zeros++;
    }
    digits.delete(0, zeros);
    point += exponent - zeros;
    while (digits.length() > 1 && digits.charAt(digits.length() - 1) == '0') {
      digits.setLength(digits.length() - 1);
    }
    if (digits.length() == 2) {
      point += shortenToOneDigit(digits, point, Math.abs(value));
    }
    if (value < 0) {
      out.append('-');
    }
    double magnitude = Math.abs(value);
    if (magnitude < plainMin || magnitude >= plainEnd) {
      appendScientific(out, digits, point - 1);
    } else {
      appendPlain(out, digits, point);
    }
  }

  /** Java always prints two digits, and then the two that are nearest: 4.9E-324 where 5e-324 reads back as the same. */
  private static int shortenToOneDigit(StringBuilder digits, int point, double magnitude) {
    int rounded = (Integer.parseInt(digits, 0, 2, 10) + 5) / 10;
    int carry = rounded == 10 ? 1 : 0;
    String one = carry == 1 ? "1" : Integer.toString(rounded);
    if (Double.parseDouble("0." + one + "E" + (point + carry)) != magnitude) {
      return 0;
    }
    digits.setLength(0);
    digits.append(one);
    return carry;
  }

  private static void appendScientific(StringBuilder out, CharSequence digits, int exponent) {
    out.append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    int magnitude = Math.abs(exponent);
    if (magnitude < 10) {
      out.append('0');
    }
    out.append(magnitude);
  }

  private static void appendPlain(StringBuilder out, CharSequence digits, int point) {
    if (point <= 0) {
      out.append("0.");
      out.append("0".repeat(-point)).append(digits);
    } else if (point >= digits.length()) {
      out.append(digits).append("0".repeat(point - digits.length()));
    } else {
      out.append(digits, 0, point).append('.').append(digits, point, digits.length());
    }
  }

  /**
   * The finite number that a plain decimal text such as {@code -1.5e3} says; null for anything else, also for what Java or Go would take
   * beyond that: hexadecimal, NaN, suffixes, spaces.
   */
  public static @Nullable Double parse(String text) {
    if (text.isEmpty() || text.length() > TEXT_MAX) {
      return null;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
        return null;
      }
    }
    try {
      double value = Double.parseDouble(text);
      return Double.isInfinite(value) ? null : (Double) value;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
