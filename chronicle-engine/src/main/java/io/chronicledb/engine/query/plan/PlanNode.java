package io.chronicledb.engine.query.plan;

import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.function.ScalarFunction;
import io.chronicledb.engine.query.function.SeriesAggregate;
import io.chronicledb.engine.query.function.WindowFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step of a query plan. Immutable. {@link PlanPrinter} shows a plan as text. */
public sealed interface PlanNode permits PlanNode.SeriesNode, PlanNode.Scan, TableNode {

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

  /**
   * The samples of the series that match.
   *
   * @param matchers all of them must match
   * @param range the time to read
   */
  record Scan(List<TagMatcher> matchers, TimeRange range) implements PlanNode {
    public Scan {
      matchers = List.copyOf(matchers);
    }

    @Override
    public String describe() {
      return "Scan " + matchers + " from " + range.start() + " to " + range.end();
    }
  }

  /**
   * For each series and instant of the query's grid, a function of the samples from {@code instant + from} up to and without {@code instant +
   * to}.
   *
   * @param fixedInstant the instant that is meant at every place of the grid; null for the grid's own
   * @param parameter of the function, where it has one
   * @param keepMetric whether results keep the metric's name
   */
  record Window(
      Scan input,
      long from,
      long to,
      WindowFunction function,
      double parameter,
      boolean keepMetric,
      @Nullable Long fixedInstant)
      implements SeriesNode {
    @Override
    public List<PlanNode> inputs() {
      return List.of(input);
    }

    @Override
    public String describe() {
      return "Window " + function + " over [" + from + ", " + to + ")"
          + (fixedInstant == null ? "" : " at " + fixedInstant);
    }
  }

  /** One series for each group of series. */
  record Aggregate(
      SeriesNode input,
      SeriesAggregate aggregate,
      Grouping grouping,
      @Nullable ScalarNode parameter)
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

  /** An operation between each value of a vector and a scalar of the same instant. */
  record WithScalar(
      SeriesNode vector,
      ScalarNode scalar,
      BinaryOperation operation,
      boolean scalarLeft,
      boolean returnBool)
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

  /** An operation between the series of two vectors that belong together. */
  record Join(
      SeriesNode left,
      SeriesNode right,
      BinaryOperation operation,
      boolean returnBool,
      Matching matching)
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

  /** The same series, by value at the last instant of the grid. */
  record SortByValue(SeriesNode input, boolean descending) implements SeriesNode {
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
