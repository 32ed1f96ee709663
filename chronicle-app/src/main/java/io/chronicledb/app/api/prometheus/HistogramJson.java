package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.JsonWriter;
import io.chronicledb.engine.histogram.BucketCursor;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.io.IOException;

/**
 * Native histograms as the Prometheus API writes them: count and sum, and of each populated bucket which of its bounds belong to it, the
 * bounds, and the count, all numbers but the first as strings.
 *
 * <pre>{@code {"count":"4","sum":"5","buckets":[[0,"0.5","1","1"],[0,"1","2","3"]]}}</pre>
 */
final class HistogramJson {

  private static final int UPPER = 0;
  private static final int LOWER = 1;
  private static final int NEITHER = 2;
  private static final int BOTH = 3;

  private HistogramJson() {}

  static void write(NativeHistogram histogram, JsonWriter json) throws IOException {
    json.beginObject();
    json.name("count").numberAsString(histogram.count());
    json.name("sum").numberAsString(histogram.sum());
    boolean any = false;
    BucketCursor bucket = histogram.ascending();
    while (bucket.next()) {
      if (bucket.count() == 0) {
        continue;
      }
      if (!any) {
        json.name("buckets").beginArray();
        any = true;
      }
      json.beginArray()
          .number(boundaries(bucket))
          .numberAsString(bucket.lower())
          .numberAsString(bucket.upper())
          .numberAsString(bucket.count())
          .endArray();
    }
    if (any) {
      json.endArray();
    }
    json.endObject();
  }

  private static int boundaries(BucketCursor bucket) {
    if (bucket.isLowerInclusive()) {
      return bucket.isUpperInclusive() ? BOTH : LOWER;
    }
    return bucket.isUpperInclusive() ? UPPER : NEITHER;
  }
}
