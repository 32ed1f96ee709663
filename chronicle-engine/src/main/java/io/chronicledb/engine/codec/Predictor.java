package io.chronicledb.engine.codec;

/**
 * What an integer is expected to be, given those before it; only the difference, the residual r, is stored. All arithmetic wraps
 * around modulo 2^64, so that every long comes back.
 *
 * <pre>
 * NONE    x[i] = r[i]
 * LEVEL   x[i] = (a >> s) + r[i], then a += r[i]             a = x[0] << s at first
 * SLOPE   d += r[i], x[i] = x[i-1] + d                       d = x[1] - x[0] at first
 * </pre>
 *
 * LEVEL with s = 0 is the plain difference to the value before. With a larger s it is exponential smoothing with the weight 2^-s: the
 * difference of two noisy values has twice the variance of one, the difference to a smoothed level hardly more than one. SLOPE is
 * delta-of-delta.
 */
final class Predictor {

  static final int NONE = 0;
  static final int LEVEL = 1;
  static final int SLOPE = 2;

  /** Weights below 2^-7 follow too slowly to be worth a try. */
  static final int SMOOTHING_MAX = 7;

  private Predictor() {}

  /** Values at the front that are kept as they are: as many as a predictor needs to begin with. */
  static int order(int predictor) {
    return predictor;
  }

  /** Writes the residuals of {@code x[order..count)} to the same places. */
  static void residuals(int predictor, int smoothing, long[] x, int count, long[] residuals) {
    if (predictor == NONE) {
      System.arraycopy(x, 0, residuals, 0, count);
    } else if (predictor == SLOPE) {
      for (int i = 2; i < count; i++) {
        residuals[i] = x[i] - x[i - 1] - (x[i - 1] - x[i - 2]);
      }
    } else if (smoothing == 0) {
      for (int i = 1; i < count; i++) {
        residuals[i] = x[i] - x[i - 1];
      }
    } else {
      long level = x[0] << smoothing;
      for (int i = 1; i < count; i++) {
        long residual = x[i] - (level >> smoothing);
        residuals[i] = residual;
        level += residual;
      }
    }
  }
}
