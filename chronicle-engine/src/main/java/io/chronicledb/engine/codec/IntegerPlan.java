package io.chronicledb.engine.codec;

/** How {@link IntegerEncoder} means to write a column, and about how many bits that takes. */
final class IntegerPlan {

  int predictor;
  int smoothing;
  boolean entropy;
  long bits;

  /** The best predictor without the entropy stage, which never smooths, and its size. */
  int packedPredictor;

  long packedBits;

  void set(int newPredictor, int newSmoothing, boolean newEntropy, long newBits) {
    predictor = newPredictor;
    smoothing = newSmoothing;
    entropy = newEntropy;
    bits = newBits;
  }
}
