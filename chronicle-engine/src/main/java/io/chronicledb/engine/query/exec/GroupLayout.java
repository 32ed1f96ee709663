package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.column.DoubleColumn;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.query.function.Statistic;
import io.chronicledb.engine.query.function.ValuesFunction;
import io.chronicledb.engine.query.plan.TableNode.Aggregate;
import java.util.List;

/** Where each of some aggregates has its state within a row of {@link GroupedStates}: doubles, or a list of values. Immutable. */
final class GroupLayout {

  private final List<Aggregate> aggregates;
  private final int[] places;
  private final int width;
  private final int lists;

  GroupLayout(List<Aggregate> aggregates) {
    this.aggregates = List.copyOf(aggregates);
    places = new int[aggregates.size()];
    int doubles = 0;
    int values = 0;
    for (int i = 0; i < places.length; i++) {
      Statistic statistic = aggregates.get(i).statistic();
      if (statistic == null) {
        places[i] = values++;
      } else {
        places[i] = doubles;
        doubles += statistic.width();
      }
    }
    width = doubles;
    lists = values;
  }

  List<Aggregate> aggregates() {
    return aggregates;
  }

  /** The column of an aggregate's state, or the number of its list. */
  int place(int aggregate) {
    return places[aggregate];
  }

  GroupedStates newStates() {
    return new GroupedStates(width, lists);
  }

  long rowBytes() {
    return GroupedStates.rowBytes(width, lists);
  }

  /**
   * Merges the rows of some of the aggregates into those of all.
   *
   * @param first the place of {@code part}'s first aggregate among these
   */
  void merge(GroupedStates into, GroupedStates from, GroupLayout part, int first) {
    for (int fromRow = 0; fromRow < from.rows(); fromRow++) {
      int row = into.row(from.bucket(fromRow));
      for (int i = 0; i < part.aggregates.size(); i++) {
        Statistic statistic = part.aggregates.get(i).statistic();
        if (statistic == null) {
          DoubleColumn values = from.kept(fromRow, part.places[i]);
          if (values != null) {
            into.keep(row, places[first + i]).addAll(values.array(), 0, values.size());
          }
        } else {
          int at = from.offset(fromRow) + part.places[i];
          if (!StaleMarker.is(from.states()[at])) {
            into.merge(row, places[first + i], statistic, from.states(), at);
          }
        }
      }
    }
  }

  /** The value of an aggregate in a row. */
  double value(GroupedStates states, int row, int aggregate) {
    Aggregate described = aggregates.get(aggregate);
    Statistic statistic = described.statistic();
    ValuesFunction function = described.values();
    if (statistic == null && function != null) {
      DoubleColumn values = states.kept(row, places[aggregate]);
      if (values == null) {
        return function.kind() == ValuesFunction.Kind.DISTINCT ? 0 : StaleMarker.value();
      }
      return function.of(values);
    }
    int at = states.offset(row) + places[aggregate];
    if (StaleMarker.is(states.states()[at])) {
      return statistic == Statistic.COUNT ? 0 : StaleMarker.value();
    }
    return statistic == null ? StaleMarker.value() : statistic.finish(states.states(), at);
  }
}
