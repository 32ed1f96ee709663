package io.chronicledb.engine.query.promql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/** Number literals: decimal with fraction and exponent, hexadecimal, octal with a leading zero; digits may be grouped by "_". */
final class PromQlNumber {

  private static final Pattern OCTAL = Pattern.compile("0[0-7]+");

  private PromQlNumber() {}

  /** @throws IllegalArgumentException with a message for the query's author */
  static double parse(String literal) {
    String digits = literal.replace("_", "").toLowerCase(Locale.ROOT);
    double value;
    if (digits.startsWith("0x")) {
      value = new BigInteger(digits.substring(2), 16).doubleValue();
    } else if (OCTAL.matcher(digits).matches()) {
      value = new BigInteger(digits, 8).doubleValue();
    } else {
      value = Double.parseDouble(digits);
    }
    if (Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "error parsing number: \"" + literal + "\" is out of range");
    }
    return value;
  }

  static String print(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    double magnitude = Math.abs(value);
    if (magnitude == 0) {
      return 1 / value > 0 ? "0" : "-0";
    }
    // Digits and zeros as Prometheus prints them, but not hundreds of them.
    String text = Double.toString(value);
    return magnitude >= 1e-7 && magnitude < 1e21
        ? new BigDecimal(text).stripTrailingZeros().toPlainString()
        : text.replace(".0E", "e").replace("E", "e");
  }
}
