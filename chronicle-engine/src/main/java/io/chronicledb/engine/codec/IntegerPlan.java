package io.chronicledb.engine.codec;

/** How {@link IntegerEncoder} means to write a column, and about how many bits that takes. */
final class IntegerPlan {

  int predictor;
  int smoothing;
  boolean entropy;
  long bits;

  void set(int newPredictor, int newSmoothing, boolean newEntropy, long newBits) {
    predictor = newPredictor;
    smoothing = newSmoothing;
    entropy = newEntropy;
    bits = newBits;
  }

  void set(IntegerPlan other) {
    set(other.predictor, other.smoothing, other.entropy, other.bits);
  }
}
