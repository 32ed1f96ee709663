package io.chronicledb.engine.query.plan;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.function.HistogramFigure;
import io.chronicledb.engine.query.function.LabelRewrite;
import io.chronicledb.engine.query.function.ScalarFunction;
import io.chronicledb.engine.query.function.SeriesAggregate;
import io.chronicledb.engine.query.function.WindowFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step of a query plan. Immutable. {@link PlanPrinter} shows a plan as text. */
public sealed interface PlanNode permits PlanNode.SeriesNode, PlanNode.SampleNode, TableNode {

  /** The nodes whose output this one takes. */
  default List<PlanNode> inputs() {
    return List.of();
  }

  /** What the node does, in one line without its inputs. */
  String describe();

  /** Nodes that yield series on the grid of the query, each with one column. */
  sealed interface SeriesNode extends PlanNode {}

  /** Nodes that yield one column without labels: a value at each instant of the grid. */
  sealed interface ScalarNode extends SeriesNode {}

  /** Nodes that yield samples of series at times of their own. */
  sealed interface SampleNode extends PlanNode {}

  /**
   * The samples of the series that match.
   *
   * @param matchers all of them must match
   * @param range the time to read
   */
  record Scan(List<TagMatcher> matchers, TimeRange range) implements SampleNode {
    public Scan {
      matchers = List.copyOf(matchers);
    }

    @Override
    public String describe() {
      return "Scan " + matchers + " from " + range.start() + " to " + range.end();
    }
  }

  /** The values of an expression on a grid of its own. */
  record Subquery(SeriesNode input, Grid grid) implements SampleNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "Subquery " + grid.count() + " times from " + grid.start() + " every " + grid.step();
    }
  }

  /**
   * For each series and instant of the grid, a function of the samples in a window around the instant.
   *
   * @param read which samples the function sees
   * @param range which window is meant; the same unless the function looks beyond it
   * @param parameters of the function, at most two
   * @param fixedInstant the instant that is meant at every place of the grid; null for the grid's own
   * @param position of the window's expression in the query, for what is to be told to its author
   */
  record Window(
      SampleNode input,
      Bounds read,
      Bounds range,
      WindowFunction function,
      List<ScalarNode> parameters,
      @Nullable Long fixedInstant,
      String position)
      implements SeriesNode {
    public Window {
      parameters = List.copyOf(parameters);
    }

    @Override
    public List<PlanNode> inputs() {
      var inputs = new ArrayList<PlanNode>(parameters);
      inputs.add(0, input);
      return inputs;
    }

    @Override
    public String describe() {
      return "Window " + function + " over " + read
          + (fixedInstant == null ? "" : " at " + fixedInstant);
    }
  }

  /**
   * What is the same at every instant: the input on a grid of one instant.
   *
   * @param once the instant as a grid
   */
  record Repeated(SeriesNode input, Grid once) implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "Repeated";
    }
  }

  /** No series at all. */
  record Nothing() implements SeriesNode {
    @Override
    public String describe() {
      return "Nothing";
    }
  }

  /**
   * One series for each group of series.
   *
   * @param parameterPosition where the parameter stands in the query; of no meaning without one
   * @param inputPosition where the input stands
   */
  record Aggregate(
      SeriesNode input,
      SeriesAggregate aggregate,
      Grouping grouping,
      @Nullable ScalarNode parameter,
      String parameterPosition,
      String inputPosition)
      implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return parameter == null ? List.of(input) : List.of(input, parameter);
    }

    @Override
    public String describe() {
      return "Aggregate " + aggregate + " " + grouping;
    }
  }

  /** One series for each group of series and value: how many of the group have the value, which is told by a label. */
  record CountValues(SeriesNode input, Grouping grouping, String label) implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "CountValues " + label + " " + grouping;
    }
  }

  /**
   * Quantiles of native histograms, and of histograms with one series for each bucket.
   *
   * @param label takes the quantile; null where there is one alone
   * @param quantilePositions where they stand in the query
   */
  record HistogramQuantiles(
      SeriesNode input,
      List<ScalarNode> quantiles,
      @Nullable String label,
      List<String> quantilePositions,
      String position)
      implements SeriesNode {
    public HistogramQuantiles {
      quantiles = List.copyOf(quantiles);
      quantilePositions = List.copyOf(quantilePositions);
    }

    @Override
    public List<PlanNode> inputs() {
      var inputs = new ArrayList<PlanNode>(quantiles);
      inputs.add(0, input);
      return inputs;
    }

    @Override
    public String describe() {
      return "HistogramQuantiles";
    }
  }

  /**
   * Which part of the observations of a histogram, a native one or one with a series for each bucket, lies between two values.
   *
   * @param lowerPosition where the lower value stands in the query
   */
  record HistogramFraction(
      SeriesNode input, ScalarNode lower, ScalarNode upper, String lowerPosition, String position)
      implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input, lower, upper);
    }

    @Override
    public String describe() {
      return "HistogramFraction";
    }
  }

  /** A number for each native histogram; doubles are left out. */
  record HistogramFigures(SeriesNode input, HistogramFigure figure) implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "HistogramFigures " + figure;
    }
  }

  /** The same series under other labels. */
  record Relabel(SeriesNode input, LabelRewrite rewrite) implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "Relabel " + rewrite.target();
    }
  }

  /**
   * The same series with labels of their info metrics.
   *
   * @param info the info series with the timestamps of their samples
   * @param names which metrics are info metrics
   * @param data which labels to take, by name, and what they must be; none for all
   */
  record AddInfo(SeriesNode input, Window info, List<TagMatcher> names, List<TagMatcher> data)
      implements SeriesNode {
    public AddInfo {
      names = List.copyOf(names);
      data = List.copyOf(data);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input, info);
    }

    @Override
    public String describe() {
      return "AddInfo " + names + " " + data;
    }
  }

  /**
   * The same series, by the values of some labels and then by all labels.
   *
   * @param position of the function in the query
   */
  record SortByLabels(SeriesNode input, List<String> labels, boolean descending, String position)
      implements SeriesNode {
    public SortByLabels {
      labels = List.copyOf(labels);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "SortByLabels " + labels + (descending ? " descending" : "");
    }
  }

  /** The instant of evaluation in seconds, where the input has a value. */
  record InstantOfValues(SeriesNode input) implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "InstantOfValues";
    }
  }

  /** The smaller or the larger of two scalars. */
  record ScalarChoice(ScalarNode left, ScalarNode right, boolean larger) implements ScalarNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(left, right);
    }

    @Override
    public String describe() {
      return larger ? "Larger" : "Smaller";
    }
  }

  /** A function of each value. */
  record Apply(SeriesNode input, ScalarFunction function, List<ScalarNode> arguments)
      implements SeriesNode {
    public Apply {
      arguments = List.copyOf(arguments);
    }

    @Override
    public List<PlanNode> inputs() {
      var inputs = new ArrayList<PlanNode>(arguments);
      inputs.add(0, input);
      return inputs;
    }

    @Override
    public String describe() {
      return "Apply " + function;
    }
  }

  /**
   * An operation between each value of a vector and a scalar of the same instant.
   *
   * @param position where the operation stands in the query
   */
  record WithScalar(
      SeriesNode vector,
      ScalarNode scalar,
      BinaryOperation operation,
      boolean scalarLeft,
      boolean returnBool,
      String position)
      implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return scalarLeft ? List.of(scalar, vector) : List.of(vector, scalar);
    }

    @Override
    public String describe() {
      return "WithScalar " + operation + (returnBool ? " bool" : "");
    }
  }

  /**
   * An operation between the series of two vectors that belong together.
   *
   * @param position where the operation stands in the query
   */
  record Join(
      SeriesNode left,
      SeriesNode right,
      BinaryOperation operation,
      boolean returnBool,
      Matching matching,
      String position)
      implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(left, right);
    }

    @Override
    public String describe() {
      return "Join " + operation + (returnBool ? " bool " : " ") + matching;
    }
  }

  /** One series without labels where the input has none, as {@code absent()} says. */
  record Absent(SeriesNode input, List<TagMatcher> matchers) implements SeriesNode {
    public Absent {
      matchers = List.copyOf(matchers);
    }

    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "Absent";
    }
  }

  /**
   * The same series, by value at the last instant of the grid.
   *
   * @param position of the function in the query
   */
  record SortByValue(SeriesNode input, boolean descending, String position) implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "SortByValue" + (descending ? " descending" : "");
    }
  }

  /** The same value at every instant. */
  record Constant(double value) implements ScalarNode {
    @Override
    public String describe() {
      return "Constant " + value;
    }
  }

  /** Each instant's own time in seconds. */
  record EvaluationTime() implements ScalarNode {
    @Override
    public String describe() {
      return "EvaluationTime";
    }
  }

  /** An operation between two scalars. */
  record ScalarOperation(ScalarNode left, ScalarNode right, BinaryOperation operation)
      implements ScalarNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(left, right);
    }

    @Override
    public String describe() {
      return "ScalarOperation " + operation;
    }
  }

  /** The value of the only series; NaN where there is none or more than one. */
  record ToScalar(SeriesNode input) implements ScalarNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "ToScalar";
    }
  }

  /** A scalar as a vector of one series without labels. */
  record ToVector(ScalarNode input) implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "ToVector";
    }
  }
}
