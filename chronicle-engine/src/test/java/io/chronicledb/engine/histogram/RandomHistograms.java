package io.chronicledb.engine.histogram;

import java.util.Random;
import java.util.TreeSet;

/** Valid histograms of any kind. */
public final class RandomHistograms {

  private static final double[] THRESHOLDS = {0, 0.001, 0.25, 0.3, 1, Math.scalb(1.0, -128)};

  private RandomHistograms() {}

  /** One of whole numbers, without buckets within its zero bucket. */
  public static NativeHistogram whole(Random random, boolean custom) {
    BucketLayout layout = layout(random, custom);
    return filled(random, layout, false);
  }

  /** One of any kind, with fractions in half of the cases where those are asked for. */
  public static NativeHistogram histogram(Random random, boolean fractions) {
    return filled(
        random, layout(random, random.nextInt(4) == 0), fractions && random.nextBoolean());
  }

  private static NativeHistogram filled(Random random, BucketLayout layout, boolean fractions) {
    var buckets = new double[layout.bucketCount()];
    double count = 0;
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = random.nextInt(3) == 0 ? 0 : number(random, fractions);
      count += buckets[i];
    }
    double zeroCount = layout.isCustom() || random.nextBoolean() ? 0 : number(random, fractions);
    return NativeHistogram.of(
        layout,
        CounterResetHint.of(random.nextInt(4) == 0 ? 3 : 0),
        count + zeroCount,
        random.nextInt(20) - 5,
        zeroCount,
        buckets,
        0);
  }

  private static double number(Random random, boolean fractions) {
    return fractions ? random.nextDouble() * 10 : random.nextInt(100);
  }

  /** A layout of up to some fifty buckets. */
  public static BucketLayout layout(Random random, boolean custom) {
    if (custom) {
      var bounds = new TreeSet<Double>();
      for (int i = random.nextInt(8); i > 0; i--) {
        bounds.add((double) random.nextInt(12) - 2);
      }
      return BucketLayout.custom(
          bounds.stream().mapToDouble(b -> b).toArray(), indexes(random, 0, bounds.size() + 1));
    }
    int schema = random.nextInt(13) - 4;
    double threshold = THRESHOLDS[random.nextInt(THRESHOLDS.length)];
    int first = -10;
    while (ExponentialBounds.upper(schema, first) <= threshold) {
      first++;
    }
    return BucketLayout.exponential(
        schema,
        threshold,
        random.nextBoolean() ? new int[0] : indexes(random, first, first + 30),
        random.nextInt(4) == 0 ? new int[0] : indexes(random, first, first + 30));
  }

  private static int[] indexes(Random random, int from, int to) {
    var indexes = new TreeSet<Integer>();
    for (int index = from; index < to; index++) {
      if (random.nextInt(3) != 0) {
        indexes.add(index);
      }
    }
    return indexes.stream().mapToInt(i -> i).toArray();
  }
}
