package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.query.plan.PlanNode;
import io.chronicledb.engine.query.plan.PlanNode.Aggregate;
import io.chronicledb.engine.query.plan.PlanNode.Repeated;
import io.chronicledb.engine.query.plan.PlanNode.Scan;
import io.chronicledb.engine.query.plan.PlanNode.SeriesNode;
import io.chronicledb.engine.query.plan.PlanNode.Subquery;
import io.chronicledb.engine.query.plan.PlanNode.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Windows and aggregates that a plan has more than once, as in {@code a / (a + b)}: evaluated for the first, and kept for the others where they
 * take a small part of the memory that is left. What is told of one is told of the others, at their own places. Of one grid; for one thread.
 */
final class SharedSeries {

  /** The part of the memory left that may be taken. */
  private static final int MEMORY_PART = 4;

  private final ExecutionContext context;
  private final int instants;
  private final Map<SeriesNode, Shared> shared = new HashMap<>();

  private static final class Shared {
    /** How often the plan still asks for it. */
    private int uses;

    private @Nullable List<SeriesBatch> batches;
    private List<String> told = List.of();
    private List<String> positions = List.of();
  }

  SharedSeries(ExecutionContext context, int instants) {
    this.context = context;
    this.instants = instants;
  }

  /** Looks for what comes more than once in a plan, and is evaluated on this grid. */
  void plan(PlanNode node) {
    if (context.countsShown()) {
      return;
    }
    SeriesNode key = node instanceof SeriesNode series ? withoutPositions(series) : null;
    if (key != null && ++shared.computeIfAbsent(key, k -> new Shared()).uses > 1) {
      return;
    }
    if (!(node instanceof Subquery) && !(node instanceof Repeated)) {
      node.inputs().forEach(this::plan);
    }
  }

  /**
   * The series of a node.
   *
   * @param operator evaluates it
   */
  SeriesOperator of(SeriesNode node, Supplier<SeriesOperator> operator) {
    SeriesNode key = shared.isEmpty() ? null : withoutPositions(node);
    Shared found = key == null ? null : shared.get(key);
    if (found == null) {
      return operator.get();
    }
    found.uses--;
    List<SeriesBatch> batches = found.batches;
    if (batches != null) {
      tell(found, positions(node));
      return found.uses == 0 ? last(found, batches) : copies(batches);
    }
    if (found.uses <= 0 || !fits(node)) {
      return operator.get();
    }
    List<String> before = context.annotations().texts();
    batches = operator.get().drain(context);
    long bytes = batches.stream().mapToLong(SeriesBatch::heldBytes).sum();
    if (bytes > context.roomBytes() / MEMORY_PART) {
      SeriesOperator.release(context, batches);
      return SeriesOperator.of(batches);
    }
    found.batches = batches;
    found.positions = positions(node);
    found.told = new ArrayList<>(context.annotations().texts());
    found.told.removeAll(before);
    return copies(batches);
  }

  /** Whether the series of all windows will take a small part of the memory that is left; of aggregates nobody knows before. */
  private boolean fits(SeriesNode node) {
    return !(node instanceof Window window && window.input() instanceof Scan scan)
        || context.select(scan.matchers()).length * SeriesBatch.heldBytes(instants)
            <= context.roomBytes() / MEMORY_PART;
  }

  private void tell(Shared found, List<String> positions) {
    for (String text : found.told) {
      for (int i = 0; i < positions.size(); i++) {
        context.annotations().addAt(text, found.positions.get(i), positions.get(i));
      }
    }
  }

  private SeriesOperator last(Shared found, List<SeriesBatch> batches) {
    found.batches = null;
    SeriesOperator.release(context, batches);
    return SeriesOperator.of(batches);
  }

  private static SeriesOperator copies(List<SeriesBatch> batches) {
    return SeriesOperator.changed(SeriesOperator.of(batches), SeriesBatch::copy);
  }

  /** A node that equals those which ask for the same elsewhere in the query; null for what is not worth keeping. */
  private static @Nullable SeriesNode withoutPositions(SeriesNode node) {
    if (node instanceof Window window && window.input() instanceof Scan) {
      return new Window(
          window.input(),
          window.read(),
          window.range(),
          window.function(),
          window.parameters(),
          window.fixedInstant(),
          "");
    }
    if (node instanceof Aggregate aggregate) {
      SeriesNode input = withoutPositions(aggregate.input());
      return input == null
          ? null
          : new Aggregate(
              input, aggregate.aggregate(), aggregate.grouping(), aggregate.parameter(), "", "");
    }
    return null;
  }

  /** The places that {@link #withoutPositions} leaves out, in the same order for all nodes that become equal. */
  private static List<String> positions(SeriesNode node) {
    if (node instanceof Aggregate aggregate) {
      var positions = new ArrayList<>(positions(aggregate.input()));
      positions.add(aggregate.parameterPosition());
      positions.add(aggregate.inputPosition());
      return positions;
    }
    return node instanceof Window window ? List.of(window.position()) : List.of();
  }
}
