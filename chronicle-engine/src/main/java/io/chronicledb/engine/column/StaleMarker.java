package io.chronicledb.engine.column;

/**
 * Prometheus' stale marker: a NaN with a bit pattern of its own that ends a series until its next sample. It is stored and returned
 * bit by bit; every other NaN is an ordinary value.
 */
public final class StaleMarker {

  /** The pattern that Prometheus' {@code value.StaleNaN} fixes. */
  public static final long BITS = 0x7ff0000000000002L;

  private StaleMarker() {}

  public static double value() {
    return Double.longBitsToDouble(BITS);
  }

  public static boolean is(double value) {
    return Double.doubleToRawLongBits(value) == BITS;
  }
}
