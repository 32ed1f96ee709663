package io.chronicledb.app.ingest;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Keeps what a decoder finds, as text that tests can state. */
public final class RecordingSink implements PointSink {

  private final List<String> points = new ArrayList<>();
  private final TreeMap<Long, String> refusals = new TreeMap<>();
  private final List<String> attachments = new ArrayList<>();
  private final List<Double> values = new ArrayList<>();
  private final List<NativeHistogram> histograms = new ArrayList<>();
  private String series = "";

  @Override
  public void series(SeriesKey seriesKey, int bytes) {
    var key = new ByteWriter(64);
    seriesKey.encode(key);
    series = SeriesKey.decode(key.array(), 0, key.size()).toString();
  }

  @Override
  public void add(long timestamp, double value) {
    points.add(series + " " + value + " @" + timestamp);
    values.add(value);
  }

  @Override
  public void add(long timestamp, NativeHistogram histogram) {
    points.add(series + " " + histogram + " @" + timestamp);
    histograms.add(histogram);
  }

  @Override
  public void exemplar(Tags labels, long timestamp, double value) {
    attachments.add(series + " # " + labels + " " + value + " @" + timestamp);
  }

  @Override
  public void metadata(String metric, MetricMetadata metadata) {
    attachments.add(metric + " " + metadata);
  }

  @Override
  public void field(String measurement, String field) {
    attachments.add(measurement + " has " + field);
  }

  @Override
  public void drop(Dropped what, String reason) {
    attachments.add("dropped " + what.wireName() + ": " + reason);
  }

  @Override
  public void refuse(long number, String reason) {
    refusals.put(number, reason);
  }

  /** Exemplars, metadata, and what was dropped of them. */
  public List<String> attachments() {
    return attachments;
  }

  /** Like <code>cpu{host="a"} 0.5 @1000</code>. */
  public List<String> points() {
    return points;
  }

  public List<Double> values() {
    return values;
  }

  public List<NativeHistogram> histograms() {
    return histograms;
  }

  /** By line, point or series. */
  public TreeMap<Long, String> refusals() {
    return refusals;
  }
}
