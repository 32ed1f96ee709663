package io.chronicledb.engine.query.plan;

import io.chronicledb.engine.model.Tags;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which series of two vectors belong together.
 *
 * @param on whether the labels are the only ones that must agree, and not those that may differ
 * @param labels label names
 * @param manySide the side of which several series may match one of the other
 * @param include labels that the result takes from the one side
 * @param fillMany the value of what is missing on the many side, which is the left one of one-to-one; null where a match is needed
 * @param fillOne the same for the other side
 */
public record Matching(
    boolean on,
    List<String> labels,
    Side manySide,
    List<String> include,
    @Nullable Double fillMany,
    @Nullable Double fillOne) {

  /** A side of a binary operation. */
  public enum Side {
    NONE,
    LEFT,
    RIGHT
  }

  /** Every label but the metric must agree. */
  public static final Matching ALL_LABELS =
      new Matching(false, List.of(), Side.NONE, List.of(), null, null);

  public Matching {
    labels = List.copyOf(labels);
    include = List.copyOf(include);
  }

  /** The labels that must agree. */
  public Tags key(Tags series) {
    if (on) {
      return series.retain(labels);
    }
    var ignored = new ArrayList<>(labels);
    ignored.add(Tags.METRIC);
    return series.remove(ignored);
  }

  @Override
  public String toString() {
    String text = (on ? "on" : "ignoring") + " (" + String.join(", ", labels) + ")";
    return manySide == Side.NONE
        ? text
        : text + (manySide == Side.LEFT ? " group_left (" : " group_right (")
            + String.join(", ", include) + ")";
  }
}
