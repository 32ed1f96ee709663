package io.chronicledb.engine.query.plan;

import io.chronicledb.engine.model.Tags;
import java.util.ArrayList;
import java.util.List;

/**
 * Which labels tell groups of series apart.
 *
 * @param without whether the names are those to leave out, and not those to keep
 * @param names label names
 */
public record Grouping(boolean without, List<String> names) {

  public Grouping {
    names = List.copyOf(names);
    if (without && !names.contains(Tags.METRIC)) {
      // Aggregates are no values of the metric any more.
      var all = new ArrayList<>(names);
      all.add(Tags.METRIC);
      names = List.copyOf(all);
    }
  }

  public static Grouping by(List<String> names) {
    return new Grouping(false, names);
  }

  /** The same, where one more label tells groups apart. */
  public Grouping with(String label) {
    if (without) {
      return this;
    }
    var all = new ArrayList<>(names);
    all.add(label);
    return new Grouping(false, all);
  }

  /** The labels of the group that a series belongs to. */
  public Tags of(Tags labels) {
    return without ? labels.remove(names) : labels.retain(names);
  }

  @Override
  public String toString() {
    return (without ? "without" : "by") + " (" + String.join(", ", names) + ")";
  }
}
