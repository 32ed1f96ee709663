package io.chronicledb.app.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Doubles as decimal text the way Go prints them, because that is what clients of Prometheus compare with: the fewest digits that
 * read back as the same double, plain from 1e-6 up to 1e21, otherwise with an exponent of at least two digits; {@code NaN},
 * {@code +Inf}, {@code -Inf}.
 */
public final class NumberText {

  /** Up to this magnitude every whole double is printed exactly by printing the long. */
  private static final double WHOLE_MAX = 1e15;

  private static final int TEXT_MAX = 400;

  /** Bytes that any number takes at most. */
  static final int BYTES_MAX = 32;

  private static final long EIGHT_DIGITS = 100_000_000;
  private static final byte[] PAIRS = new byte[200];
  /** Powers of ten that a long can hold. */
  private static final long[] POWERS = new long[19];

  static {
    for (int i = 0; i < 100; i++) {
      PAIRS[2 * i] = (byte) ('0' + i / 10);
      PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
    }
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = 10 * POWERS[i - 1];
    }
  }

  private NumberText() {}

  public static String format(double value) {
    var text = new byte[BYTES_MAX];
    return new String(
        text, 0, write(value, text, 0, new ShortestDigits()), StandardCharsets.ISO_8859_1);
  }

  /** Without an exponent, however many digits that takes; {@code NaN}, {@code +Inf}, {@code -Inf}. */
  public static String plain(double value) {
    var text = new byte[TEXT_MAX];
    int end = write(value, text, 0, new ShortestDigits(), 0, Double.POSITIVE_INFINITY);
    return new String(text, 0, end, StandardCharsets.ISO_8859_1);
  }

  /**
   * As the text format of metrics has it: with an exponent below 1e-4 and from 1e6 on, which for whole numbers of few digits is the
   * shorter form.
   */
  public static void appendGeneral(StringBuilder out, double value) {
    if (value == 0) {
      out.append('0');
      return;
    }
    var text = new byte[BYTES_MAX];
    int end = write(value, text, 0, new ShortestDigits(), 1e-4, 1e6);
    out.append(new String(text, 0, end, StandardCharsets.ISO_8859_1));
  }

  /**
   * Writes a number where there is room for {@link #BYTES_MAX}.
   *
   * @param work for this call
   * @return the place behind it
   */
  static int write(double value, byte[] out, int start, ShortestDigits work) {
    return write(value, out, start, work, 1e-6, 1e21);
  }

  /** Plain from {@code plainMin} up to {@code plainEnd}. */
  private static int write(
      double value, byte[] out, int start, ShortestDigits work, double plainMin, double plainEnd) {
    int at = start;
    if (Double.isNaN(value)) {
      return write("NaN", out, at);
    }
    if (Double.isInfinite(value)) {
      return write(value > 0 ? "+Inf" : "-Inf", out, at);
    }
    if (Double.doubleToRawLongBits(value) < 0) {
      out[at++] = '-';
    }
    double magnitude = Math.abs(value);
    if (magnitude < WHOLE_MAX && magnitude < plainEnd && magnitude == (long) magnitude) {
      return write((long) magnitude, out, at);
    }
    work.of(magnitude);
    long digits = work.digits();
    int exponent = work.exponent();
    while (digits % 10 == 0) {
      digits /= 10;
      exponent++;
    }
    int count = count(digits);
    // The value is 0.DIGITS * 10^point.
    int point = count + exponent;
    return magnitude < plainMin || magnitude >= plainEnd
        ? writeScientific(digits, count, point - 1, out, at)
        : writePlain(digits, count, point, out, at);
  }

  private static int write(String text, byte[] out, int at) {
    for (int i = 0; i < text.length(); i++) {
      out[at + i] = (byte) text.charAt(i);
    }
    return at + text.length();
  }

  /** Writes a whole number that is not negative. */
  static int write(long value, byte[] out, int at) {
    int count = count(value);
    writeDigits(value, count, out, at);
    return at + count;
  }

  /** Decimal digits of a number that is not negative. */
  private static int count(long value) {
    // The binary digits times log10(2) are the decimal ones, or one less than these.
    int count = (Long.SIZE - Long.numberOfLeadingZeros(value | 1)) * 1233 >>> 12;
    return count < POWERS.length && value >= POWERS[count] ? count + 1 : Math.max(1, count);
  }

  private static void writeDigits(long value, int count, byte[] out, int start) {
    long rest = value;
    int at = start + count;
    // Eight digits at a time, whose divisions need not wait for one another.
    while (rest >= EIGHT_DIGITS) {
      long next = rest / EIGHT_DIGITS;
      int eight = (int) (rest - next * EIGHT_DIGITS);
      int high = eight / 10_000;
      int low = eight - high * 10_000;
      at -= 8;
      writePair(high / 100, out, at);
      writePair(high % 100, out, at + 2);
      writePair(low / 100, out, at + 4);
      writePair(low % 100, out, at + 6);
      rest = next;
    }
    int few = (int) rest;
    while (at - start >= 2) {
      at -= 2;
      writePair(few % 100, out, at);
      few /= 100;
    }
    if (at > start) {
      out[start] = (byte) ('0' + few);
    }
  }

  private static void writePair(int pair, byte[] out, int at) {
    out[at] = PAIRS[2 * pair];
    out[at + 1] = PAIRS[2 * pair + 1];
  }

  private static int writeScientific(long digits, int count, int exponent, byte[] out, int start) {
    // The digits go one place to the right; then the first goes back, before the point.
    writeDigits(digits, count, out, start + 1);
    out[start] = out[start + 1];
    int at = start + 1;
    if (count > 1) {
      out[at] = '.';
      at += count;
    }
    out[at++] = 'e';
    out[at++] = (byte) (exponent < 0 ? '-' : '+');
    int magnitude = Math.abs(exponent);
    if (magnitude < 10) {
      out[at++] = '0';
    }
    return write(magnitude, out, at);
  }

  private static int writePlain(long digits, int count, int point, byte[] out, int start) {
    if (point <= 0) {
      int at = start + 2 - point;
      Arrays.fill(out, start, at, (byte) '0');
      out[start + 1] = '.';
      writeDigits(digits, count, out, at);
      return at + count;
    }
    if (point >= count) {
      writeDigits(digits, count, out, start);
      Arrays.fill(out, start + count, start + point, (byte) '0');
      return start + point;
    }
    writeDigits(digits, count, out, start + 1);
    System.arraycopy(out, start + 1, out, start, point);
    out[start + point] = '.';
    return start + count + 1;
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
