package io.chronicledb.engine;

import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.read.ReadView;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Points of a database, or of a model of one: series as PromQL writes it, to timestamp, to the bits of the value,
 * which {@link HistogramPoints} stand for where they are histograms.
 */
public final class Points {

  private final Map<String, TreeMap<Long, Long>> series = new TreeMap<>();

  /** Every point that a database shows, over memory and storage. */
  public static Points of(ChronicleDatabase database) {
    return of(database, TimeRange.ALL);
  }

  /** The points within a range. */
  public static Points of(ChronicleDatabase database, TimeRange range) {
    var points = new Points();
    try (ReadView view = database.view()) {
      return points.read(view, range);
    }
  }

  /** Points given as a map, which is taken over. */
  public static Points of(TreeMap<String, TreeMap<Long, Long>> series) {
    var points = new Points();
    points.series.putAll(series);
    return points;
  }

  /** Takes points one by one. */
  public interface Visitor {
    void point(String series, long time, double value);
  }

  /** Shows every point of a database, series by series in the order of time, without keeping them. */
  public static void visit(ChronicleDatabase database, Visitor visitor) {
    try (ReadView view = database.view()) {
      var cursor = view.cursor(TimeRange.ALL);
      for (long order : view.select(List.of(), () -> {})) {
        String name = view.tags(order).toString();
        cursor.series(order);
        while (cursor.next()) {
          for (int i = cursor.start(); i < cursor.end(); i++) {
            visitor.point(
                name,
                cursor.timestamps()[i],
                HistogramPoints.value(cursor.values(), cursor.histograms(), i));
          }
        }
      }
    }
  }

  private Points read(ReadView view, TimeRange range) {
    var cursor = view.cursor(range);
    for (long order : view.select(List.of(), () -> {})) {
      String name = view.tags(order).toString();
      cursor.series(order);
      long previous = Long.MIN_VALUE;
      boolean first = true;
      while (cursor.next()) {
        for (int i = cursor.start(); i < cursor.end(); i++) {
          long time = cursor.timestamps()[i];
          if (!range.contains(time)) {
            throw new AssertionError(name + " has a sample at " + time + ", outside of " + range);
          }
          if (!first && time <= previous) {
            throw new AssertionError(
                name + " has a sample at " + time + " after one at " + previous);
          }
          first = false;
          previous = time;
          put(name, time, HistogramPoints.value(cursor.values(), cursor.histograms(), i));
        }
      }
    }
    return this;
  }

  /** Adds a point, or replaces it. */
  public Points put(String name, long timestamp, double value) {
    series
        .computeIfAbsent(name, s -> new TreeMap<>())
        .put(timestamp, Double.doubleToRawLongBits(value));
    return this;
  }

  public Points putAll(Points others) {
    others.series.forEach(
        (name, samples) -> series.computeIfAbsent(name, s -> new TreeMap<>()).putAll(samples));
    return this;
  }

  /** The points of this model within a range. */
  public Points within(TimeRange range) {
    var kept = new Points();
    series.forEach((name, samples) -> samples.forEach((time, bits) -> {
      if (range.contains(time)) {
        kept.put(name, time, Double.longBitsToDouble(bits));
      }
    }));
    return kept;
  }

  /** The bits of a value; null where there is no such point. */
  public Long bits(String name, long timestamp) {
    return series.getOrDefault(name, new TreeMap<>()).get(timestamp);
  }

  public TreeMap<Long, Long> samples(String name) {
    return series.getOrDefault(name, new TreeMap<>());
  }

  public Map<String, TreeMap<Long, Long>> bySeries() {
    return series;
  }

  public int count() {
    return series.values().stream().mapToInt(TreeMap::size).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Points points && series.equals(points.series);
  }

  @Override
  public int hashCode() {
    return series.hashCode();
  }

  @Override
  public String toString() {
    return count() + " points of " + series.keySet() + ", digest " + hashCode();
  }
}
