package io.chronicledb.benchmarks;

import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.write.PointBatch;
import java.util.SplittableRandom;

/**
 * An endless supply of points of a fixed number of series, in the order of an agent: all series one after the other, then the next time.
 * Costs next to nothing per point, so that the database is measured and not this: integers of one random walk, which each series reads from a
 * place of its own.
 */
final class SeriesFeed {

  static final long STEP_NANOS = 10_000_000_000L;
  static final long START_NANOS = DataSets.START_MILLIS * 1_000_000;

  private static final int WALK = 1 << 16;

  private final Tags[] tags;
  private final long stepNanos;
  private final int samples;
  private final double[] walk = new double[WALK];
  private int nextSeries;
  private int step;

  /** Samples every 10 s; {@code samples} of a series come in a row before the next series has its turn. */
  SeriesFeed(int series, int samples) {
    this(series, samples, STEP_NANOS);
  }

  SeriesFeed(int series, int samples, long stepNanos) {
    this.samples = samples;
    this.stepNanos = stepNanos;
    tags = new Tags[series];
    for (int i = 0; i < series; i++) {
      tags[i] = Tags.of("host", "host_" + i, "region", "region_" + i % 7);
    }
    var random = new SplittableRandom(42);
    double at = 50;
    for (int i = 0; i < WALK; i++) {
      walk[i] = (long) at;
      at = Math.max(0, Math.min(100, at + random.nextGaussian()));
    }
  }

  /** Memory that suits so many series: the default up to some thousands, 256 MB for 100,000, 1 GB for a million. */
  static long memoryBytes(int series) {
    return series <= 10_000 ? 64L << 20 : series <= 100_000 ? 256L << 20 : 1L << 30;
  }

  /** Adds some points, as many as there are samples in a row or more. */
  void fill(PointBatch batch, int points) {
    for (int added = 0; added < points; added += samples) {
      batch.series("requests", tags[nextSeries]);
      for (int i = step; i < step + samples; i++) {
        batch.add(START_NANOS + i * stepNanos, walk[i + nextSeries * 31 & WALK - 1]);
      }
      if (++nextSeries == tags.length) {
        nextSeries = 0;
        step += samples;
      }
    }
  }

  /** The time that the next points have. */
  long nextNanos() {
    return START_NANOS + step * stepNanos;
  }
}
