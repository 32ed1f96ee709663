package io.chronicledb.engine.query.function;

import io.chronicledb.engine.column.StaleMarker;
import java.util.Locale;

/**
 * SQL's functions of the values in one row. A result that does not exist is NULL, the {@linkplain StaleMarker marker}; what floating point
 * cannot say is NaN.
 */
public enum RowFunction {
  ABS,
  CEIL,
  FLOOR,
  TRUNC,
  SIGN,
  SQRT,
  CBRT,
  EXP,
  LN,
  LOG2,
  LOG10,
  SIN,
  COS,
  TAN,
  ASIN,
  ACOS,
  ATAN,
  SINH,
  COSH,
  TANH,
  DEGREES,
  RADIANS,
  /** Value and decimal places; halves go away from zero. */
  ROUND,
  /** Value and base. */
  LOG,
  POW,
  MOD,
  ATAN2,
  NULLIF,
  COALESCE,
  GREATEST,
  LEAST;

  /** Beyond it no double has digits after the point to be rounded. */
  private static final double WHOLE = 1L << 52;

  public String sqlName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether an absent argument leaves the result to the others. */
  private boolean passesOverNull() {
    return this == COALESCE || this == GREATEST || this == LEAST;
  }

  /** Whether the result is absent where an argument is. */
  public boolean isStrict() {
    return !passesOverNull() && this != NULLIF;
  }

  /** Applies the function to the first {@code count} arguments. */
  public double apply(double[] arguments, int count) {
    if (passesOverNull()) {
      return choose(arguments, count);
    }
    for (int i = 0; i < count; i++) {
      // Without the other value there is nothing to be equal to.
      if (StaleMarker.is(arguments[i])) {
        return this == NULLIF && i == 1 ? arguments[0] : StaleMarker.value();
      }
    }
    double x = arguments[0];
    double y = count > 1 ? arguments[1] : 0;
    return switch (this) {
      case ABS -> Math.abs(x);
      case CEIL -> Math.ceil(x);
      case FLOOR -> Math.floor(x);
      case TRUNC -> x < 0 ? Math.ceil(x) : Math.floor(x);
      case SIGN -> Math.signum(x);
      case SQRT -> Math.sqrt(x);
      case CBRT -> Math.cbrt(x);
      case EXP -> Math.exp(x);
      case LN -> Math.log(x);
      case LOG2 -> ScalarFunction.log2(x);
      case LOG10 -> Math.log10(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TAN -> Math.tan(x);
      case ASIN -> Math.asin(x);
      case ACOS -> Math.acos(x);
      case ATAN -> Math.atan(x);
      case SINH -> Math.sinh(x);
      case COSH -> Math.cosh(x);
      case TANH -> Math.tanh(x);
      case DEGREES -> Math.toDegrees(x);
      case RADIANS -> Math.toRadians(x);
      case ROUND -> round(x, y);
      case LOG -> log(x, y);
      case POW -> BinaryOperation.POWER.apply(x, y);
      case MOD -> y == 0 ? StaleMarker.value() : x % y;
      case ATAN2 -> Math.atan2(x, y);
      case NULLIF -> x == y ? StaleMarker.value() : x;
      case COALESCE, GREATEST, LEAST -> throw new IllegalStateException("handled above");
    };
  }

  private double choose(double[] arguments, int count) {
    double chosen = StaleMarker.value();
    for (int i = 0; i < count; i++) {
      double value = arguments[i];
      if (StaleMarker.is(value)) {
        continue;
      }
      if (StaleMarker.is(chosen) || (this != COALESCE && isBetter(value, chosen))) {
        chosen = value;
      }
    }
    return chosen;
  }

  /** Any number is better than NaN, as for min and max. */
  private boolean isBetter(double value, double chosen) {
    return Double.isNaN(chosen) || (this == GREATEST ? value > chosen : value < chosen);
  }

  private static double log(double x, double base) {
    if (base == 2) {
      return ScalarFunction.log2(x);
    }
    return base == 10 ? Math.log10(x) : Math.log(x) / Math.log(base);
  }

  private static double round(double x, double places) {
    double digits = places < 0 ? Math.ceil(places) : Math.floor(places);
    if (Double.isNaN(x)
        || Double.isInfinite(x)
        || Double.isNaN(digits)
        || Math.abs(x) >= WHOLE && digits >= 0) {
      return Double.isNaN(digits) ? Double.NaN : x;
    }
    if (digits > 300) {
      return x;
    }
    double power = Math.pow(10, Math.abs(digits));
    double scaled = digits >= 0 ? Math.abs(x) * power : Math.abs(x) / power;
    if (scaled >= WHOLE) {
      return x;
    }
    double rounded = Math.floor(scaled + 0.5);
    // The largest double below one half would be rounded up by the addition.
    rounded = rounded - scaled > 0.5 ? rounded - 1 : rounded;
    return Math.copySign(digits >= 0 ? rounded / power : rounded * power, x);
  }
}
