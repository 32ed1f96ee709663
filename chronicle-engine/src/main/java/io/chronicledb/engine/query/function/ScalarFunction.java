package io.chronicledb.engine.query.function;

/** Functions from values to values, applied to each sample. Arguments beyond the first are scalars of the same instant. */
public enum ScalarFunction {
  ABS,
  CEIL,
  FLOOR,
  EXP,
  SQRT,
  LN,
  LOG2,
  LOG10,
  SGN,
  SIN,
  COS,
  TAN,
  ASIN,
  ACOS,
  ATAN,
  SINH,
  COSH,
  TANH,
  ASINH,
  ACOSH,
  ATANH,
  DEG,
  RAD,
  NEGATE,
  YEAR,
  MONTH,
  DAY_OF_MONTH,
  DAY_OF_YEAR,
  DAY_OF_WEEK,
  DAYS_IN_MONTH,
  HOUR,
  MINUTE,
  /** Optional: to which multiple; ties go up. */
  ROUND,
  CLAMP_MIN,
  CLAMP_MAX,
  /** Lower and upper bound; no result where they cross, which the caller sees to. */
  CLAMP;

  private static final double LN_2 = Math.log(2);
  /** Below, an area function is its argument to the last bit. */
  private static final double SMALL = 0x1p-28;
  /** Above, the 1 under the root is lost. */
  private static final double LARGE = 0x1p28;

  /** The result for a value that is present; {@code a} and {@code b} are the further arguments. */
  public double apply(double value, double a, double b) {
    return switch (this) {
      case ABS -> Math.abs(value);
      case CEIL -> Math.ceil(value);
      case FLOOR -> Math.floor(value);
      case EXP -> Math.exp(value);
      case SQRT -> Math.sqrt(value);
      case LN -> Math.log(value);
      case LOG2 -> log2(value);
      case LOG10 -> Math.log10(value);
      case SGN -> Math.signum(value);
      case SIN -> Math.sin(value);
      case COS -> Math.cos(value);
      case TAN -> Math.tan(value);
      case ASIN -> Math.asin(value);
      case ACOS -> Math.acos(value);
      case ATAN -> Math.atan(value);
      case SINH -> Math.sinh(value);
      case COSH -> Math.cosh(value);
      case TANH -> Math.tanh(value);
      case ASINH -> asinh(value);
      case ACOSH -> acosh(value);
      case ATANH -> atanh(value);
      case YEAR -> CalendarField.YEAR.of(value);
      case MONTH -> CalendarField.MONTH.of(value);
      case DAY_OF_MONTH -> CalendarField.DAY_OF_MONTH.of(value);
      case DAY_OF_YEAR -> CalendarField.DAY_OF_YEAR.of(value);
      case DAY_OF_WEEK -> CalendarField.DAY_OF_WEEK.of(value);
      case DAYS_IN_MONTH -> CalendarField.DAYS_IN_MONTH.of(value);
      case HOUR -> CalendarField.HOUR.of(value);
      case MINUTE -> CalendarField.MINUTE.of(value);
      case DEG -> value * 180 / Math.PI;
      case RAD -> value * Math.PI / 180;
      case NEGATE -> -value;
      case ROUND -> round(value, a);
      case CLAMP_MIN -> max(value, a);
      case CLAMP_MAX -> min(value, a);
      case CLAMP -> max(a, min(b, value));
    };
  }

  /** Exact for powers of two, where a quotient of logarithms is off by one bit. */
  static double log2(double value) {
    int exponent = Math.getExponent(value);
    return value == Math.scalb(1.0, exponent)
            && exponent <= Double.MAX_EXPONENT
            && exponent >= Double.MIN_EXPONENT
        ? exponent
        : Math.log(value) / LN_2;
  }

  /** Exact for small values too, where the textbook's logarithm loses all digits. */
  private static double asinh(double value) {
    double magnitude = Math.abs(value);
    if (Double.isInfinite(magnitude) || magnitude < SMALL) {
      return value;
    }
    double result;
    if (magnitude > LARGE) {
      result = Math.log(magnitude) + LN_2;
    } else if (magnitude > 2) {
      result = Math.log(2 * magnitude + 1 / (Math.sqrt(value * value + 1) + magnitude));
    } else {
      double square = value * value;
      result = Math.log1p(magnitude + square / (1 + Math.sqrt(1 + square)));
    }
    return Math.copySign(result, value);
  }

  private static double acosh(double value) {
    if (value < 1) {
      return Double.NaN;
    }
    if (value >= LARGE) {
      return Math.log(value) + LN_2;
    }
    if (value > 2) {
      return Math.log(2 * value - 1 / (value + Math.sqrt(value * value - 1)));
    }
    double above = value - 1;
    return Math.log1p(above + Math.sqrt(2 * above + above * above));
  }

  private static double atanh(double value) {
    double magnitude = Math.abs(value);
    if (magnitude > 1) {
      return Double.NaN;
    }
    if (magnitude < SMALL) {
      return value;
    }
    double twice = magnitude + magnitude;
    double result = magnitude < 0.5
        ? 0.5 * Math.log1p(twice + twice * magnitude / (1 - magnitude))
        : 0.5 * Math.log1p(twice / (1 - magnitude));
    return Math.copySign(result, value);
  }

  /** As Go has it: nothing is above infinity, NaN neither. Java says NaN. */
  private static double max(double a, double b) {
    boolean infinite = a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY;
    return infinite ? Double.POSITIVE_INFINITY : Math.max(a, b);
  }

  private static double min(double a, double b) {
    boolean infinite = a == Double.NEGATIVE_INFINITY || b == Double.NEGATIVE_INFINITY;
    return infinite ? Double.NEGATIVE_INFINITY : Math.min(a, b);
  }

  private static double round(double value, double toNearest) {
    // Dividing by the inverse keeps round(x, 0.1) free of the error that 0.1 itself carries.
    double inverse = 1.0 / toNearest;
    return Math.floor(value * inverse + 0.5) / inverse;
  }
}
