package io.chronicledb.engine;

import io.chronicledb.engine.model.DurationText;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.write.PointBatch;

/** Test data in the words of the field: <code>series("cpu{host=a}").every("10s").values(1, 2, 3)</code>. */
public final class SeriesData {

  private final String metric;
  private final Tags tags;
  private long start;
  private long step = 1_000_000_000L;
  private double[] values = {};

  private SeriesData(String metric, Tags tags) {
    this.metric = metric;
    this.tags = tags;
  }

  /** A series such as <code>cpu{host=a,dc=x}</code>; braces only where there are tags. */
  public static SeriesData series(String text) {
    int brace = text.indexOf('{');
    return brace < 0
        ? new SeriesData(text, Tags.builder().build())
        : new SeriesData(
            text.substring(0, brace), tags(text.substring(brace + 1, text.length() - 1)));
  }

  private static Tags tags(String text) {
    var tags = Tags.builder();
    for (String pair : text.split(",")) {
      int equal = pair.indexOf('=');
      tags.add(pair.substring(0, equal), pair.substring(equal + 1));
    }
    return tags.build();
  }

  /** The distance of two samples. */
  public SeriesData every(String duration) {
    step = DurationText.parse(duration);
    return this;
  }

  /** The first timestamp; 0 unless given. */
  public SeriesData from(long timestamp) {
    start = timestamp;
    return this;
  }

  public SeriesData values(double... samples) {
    values = samples.clone();
    return this;
  }

  /** Values that count up from {@code first}. */
  public SeriesData counting(double first, int count) {
    values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = first + i;
    }
    return this;
  }

  public PointBatch toBatch() {
    return addTo(new PointBatch(values.length));
  }

  public PointBatch addTo(PointBatch batch) {
    batch.series(metric, tags);
    for (int i = 0; i < values.length; i++) {
      batch.add(start + i * step, values[i]);
    }
    return batch;
  }

  public Points toPoints() {
    var points = new Points();
    for (int i = 0; i < values.length; i++) {
      points.put(name(), start + i * step, values[i]);
    }
    return points;
  }

  /** The series as a view of the database names it. */
  public String name() {
    var labels = Tags.builder().add(Tags.METRIC, metric);
    tags.forEach(labels::add);
    return labels.build().toString();
  }
}
