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
  DEG,
  RAD,
  NEGATE,
  /** Optional: to which multiple; ties go up. */
  ROUND,
  CLAMP_MIN,
  CLAMP_MAX,
  /** Lower and upper bound; no result where they cross, which the caller sees to. */
  CLAMP;

  private static final double LN_2 = Math.log(2);

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
      case DEG -> value * 180 / Math.PI;
      case RAD -> value * Math.PI / 180;
      case NEGATE -> -value;
      case ROUND -> round(value, a);
      case CLAMP_MIN -> Math.max(value, a);
      case CLAMP_MAX -> Math.min(value, a);
      case CLAMP -> Math.max(a, Math.min(b, value));
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

  private static double round(double value, double toNearest) {
    // Dividing by the inverse keeps round(x, 0.1) free of the error that 0.1 itself carries.
    double inverse = 1.0 / toNearest;
    return Math.floor(value * inverse + 0.5) / inverse;
  }
}
