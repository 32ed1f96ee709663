package io.chronicledb.engine.histogram;

/**
 * An estimated value, and what observations of NaN did to it: they are counted, but lie in no bucket.
 *
 * @param value the estimate
 * @param nanEffect worth telling whoever asked
 */
public record Estimate(double value, NanEffect nanEffect) {

  /** What observations of NaN did. */
  public enum NanEffect {
    /** Nothing, there are none. */
    NONE,
    /** The quantile lies among them, so that it is NaN. */
    RESULT_IS_NAN,
    /** They were taken for the largest values, so that the quantile is too high. */
    SKEWED_HIGHER,
    /** They are in no part. */
    EXCLUDED
  }

  static Estimate of(double value) {
    return new Estimate(value, NanEffect.NONE);
  }
}
