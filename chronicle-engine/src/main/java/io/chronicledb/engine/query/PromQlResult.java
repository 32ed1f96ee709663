package io.chronicledb.engine.query;

import io.chronicledb.engine.model.Tags;
import java.util.Comparator;
import java.util.List;

/** What a PromQL expression evaluates to. Timestamps are nanoseconds; labels hold the metric under {@link Tags#METRIC}. */
public sealed interface PromQlResult {

  /** Things worth telling the user although the answer is right; empty in the ordinary case. */
  List<String> warnings();

  /** A number at one instant. */
  record Scalar(long timestamp, double value, List<String> warnings) implements PromQlResult {}

  /** A string literal at one instant. */
  record Text(long timestamp, String value, List<String> warnings) implements PromQlResult {}

  /** One value per series, all at the same instant. In the order of the expression; unordered unless it sorts. */
  record Vector(long timestamp, List<Element> elements, List<String> warnings)
      implements PromQlResult {

    /** One series of a vector. */
    public record Element(Tags labels, double value) {}
  }

  /** Several samples per series, ascending in time; series sorted by labels. */
  record Matrix(List<SamplesOfSeries> series, List<String> warnings) implements PromQlResult {

    Matrix sorted() {
      return new Matrix(
          series.stream().sorted(Comparator.comparing(SamplesOfSeries::labels)).toList(), warnings);
    }

    /** The samples of one series: two arrays of the same length, never empty. */
    public record SamplesOfSeries(Tags labels, long[] timestamps, double[] values) {}
  }
}
