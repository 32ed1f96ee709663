package io.chronicledb.app.ingest;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.model.SeriesKey;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Keeps what a decoder finds, as text that tests can state. */
public final class RecordingSink implements PointSink {

  private final List<String> points = new ArrayList<>();
  private final TreeMap<Long, String> refusals = new TreeMap<>();
  private final List<Double> values = new ArrayList<>();
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
  public void refuse(long number, String reason) {
    refusals.put(number, reason);
  }

  /** Like <code>cpu{host="a"} 0.5 @1000</code>. */
  public List<String> points() {
    return points;
  }

  public List<Double> values() {
    return values;
  }

  /** By line, point or series. */
  public TreeMap<Long, String> refusals() {
    return refusals;
  }
}
