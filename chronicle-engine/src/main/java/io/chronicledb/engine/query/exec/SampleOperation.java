package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.query.function.BinaryOperation;
import org.jspecify.annotations.Nullable;

/**
 * A binary operation between two samples of which one at least is a native histogram, as Prometheus 3 has it: what does not go together
 * leaves nothing and is told. For one thread.
 */
final class SampleOperation {

  private static final String FLOAT = "float";
  private static final String HISTOGRAM = "histogram";

  private final Annotations annotations;
  private final BinaryOperation operation;
  private final boolean returnBool;
  private final String position;

  private double value;
  private @Nullable NativeHistogram histogram;

  SampleOperation(
      Annotations annotations, BinaryOperation operation, boolean returnBool, String position) {
    this.annotations = annotations;
    this.operation = operation;
    this.returnBool = returnBool;
    this.position = position;
  }

  /** The result where it is a double. */
  double value() {
    return value;
  }

  /** The result where it is a histogram; else null. */
  @Nullable
  NativeHistogram histogram() {
    return histogram;
  }

  /**
   * Applies the operation.
   *
   * @param leftHistogram null where the left operand is {@code left}
   * @param rightHistogram null where the right operand is {@code right}
   * @return whether there is a result
   */
  boolean apply(
      double left,
      @Nullable NativeHistogram leftHistogram,
      double right,
      @Nullable NativeHistogram rightHistogram) {
    histogram = null;
    if (leftHistogram != null) {
      return rightHistogram != null
          ? ofHistograms(leftHistogram, rightHistogram)
          : withRight(leftHistogram, right);
    }
    if (rightHistogram != null && operation == BinaryOperation.MULTIPLY) {
      histogram = rightHistogram.times(left).compact(0);
      return true;
    }
    return refuse(FLOAT, rightHistogram == null ? FLOAT : HISTOGRAM);
  }

  private boolean withRight(NativeHistogram left, double right) {
    histogram = switch (operation) {
      case MULTIPLY -> left.times(right).compact(0);
      case DIVIDE -> left.dividedBy(right).compact(0);
      case TRIM_UPPER -> left.trimmedAbove(right).compact(0);
      case TRIM_LOWER -> left.trimmedBelow(right).compact(0);
      default -> null;
    };
    return histogram != null || refuse(HISTOGRAM, FLOAT);
  }

  private boolean ofHistograms(NativeHistogram left, NativeHistogram right) {
    return switch (operation) {
      case ADD, SUBTRACT -> combine(left, right);
      case EQUAL, NOT_EQUAL -> {
        boolean holds = left.hasSameObservations(right) == (operation == BinaryOperation.EQUAL);
        if (returnBool) {
          value = holds ? 1 : 0;
          yield true;
        }
        histogram = holds ? left : null;
        yield holds;
      }
      default -> refuse(HISTOGRAM, HISTOGRAM);
    };
  }

  private boolean combine(NativeHistogram left, NativeHistogram right) {
    boolean add = operation == BinaryOperation.ADD;
    if (!left.isCompatibleWith(right)) {
      annotations.incompatibleBuckets(operation.symbol(), position);
      return false;
    }
    NativeHistogram.Combined combined = add ? left.plus(right) : left.minus(right);
    String name = add ? "addition" : "subtraction";
    if (combined.hintsContradict()) {
      annotations.contradictingResets(name, position);
    }
    if (combined.boundsReconciled()) {
      annotations.reconciledBounds(name, position);
    }
    NativeHistogram result = combined.histogram().compact(0);
    histogram = add ? result : result.withHint(CounterResetHint.GAUGE);
    return true;
  }

  private boolean refuse(String left, String right) {
    annotations.incompatibleTypes(left, symbol(), right, position);
    return false;
  }

  private String symbol() {
    return operation == BinaryOperation.EQUAL ? "==" : operation.symbol();
  }
}
