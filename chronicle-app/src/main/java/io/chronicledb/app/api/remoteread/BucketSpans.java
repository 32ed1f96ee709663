package io.chronicledb.app.api.remoteread;

import java.util.function.IntUnaryOperator;

/** Runs of neighbouring buckets, as Prometheus writes which buckets a histogram has. */
final class BucketSpans {

  private BucketSpans() {}

  /** Takes one run. */
  interface Span {
    /** @param skipped buckets since the run before; for the first one, the index of its first bucket */
    void accept(int skipped, int length);
  }

  static int count(IntUnaryOperator indexes, int count) {
    int spans = 0;
    for (int i = 0; i < count; i = end(indexes, count, i)) {
      spans++;
    }
    return spans;
  }

  static void each(IntUnaryOperator indexes, int count, Span span) {
    int next = 0;
    for (int i = 0; i < count; ) {
      int end = end(indexes, count, i);
      span.accept(indexes.applyAsInt(i) - next, end - i);
      next = indexes.applyAsInt(end - 1) + 1;
      i = end;
    }
  }

  private static int end(IntUnaryOperator indexes, int count, int start) {
    int end = start + 1;
    while (end < count && indexes.applyAsInt(end) == indexes.applyAsInt(end - 1) + 1) {
      end++;
    }
    return end;
  }
}
