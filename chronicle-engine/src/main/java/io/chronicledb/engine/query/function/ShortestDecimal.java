package io.chronicledb.engine.query.function;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/** Doubles as decimal text as Go prints them: with the fewest digits that read back as the same double. */
public final class ShortestDecimal {

  private static final int DIGITS_MAX = 17;

  private ShortestDecimal() {}

  /** Never with an exponent. */
  public static String plain(double value) {
    String special = special(value);
    return special == null ? digits(value).stripTrailingZeros().toPlainString() : special;
  }

  /** With an exponent from a million on, and below a ten thousandth. */
  public static String general(double value) {
    String special = special(value);
    return special == null ? general(digits(value), 6) : special;
  }

  /** The same with that many digits at most. */
  public static String general(double value, int digits) {
    String special = special(value);
    return special == null
        ? general(new BigDecimal(value).round(new MathContext(digits)), digits)
        : special;
  }

  private static @Nullable String special(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == 0 ? (1 / value < 0 ? "-0" : "0") : null;
  }

  private static BigDecimal digits(double value) {
    var exact = new BigDecimal(value);
    for (int digits = 1; digits < DIGITS_MAX; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        return rounded;
      }
    }
    return exact.round(new MathContext(DIGITS_MAX));
  }

  private static String general(BigDecimal value, int precision) {
    BigDecimal number = value.stripTrailingZeros();
    int exponent = number.precision() - number.scale() - 1;
    if (exponent >= -4 && exponent < precision) {
      return number.toPlainString();
    }
    String digits = number.unscaledValue().abs().toString();
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    String power = String.valueOf(Math.abs(exponent));
    return (number.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + fraction
        + (exponent < 0 ? "e-" : "e+")
        + (power.length() < 2 ? "0" + power : power);
  }
}
