package io.chronicledb.engine.query.optimize;

import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Aggregate;
import io.chronicledb.engine.query.plan.TableNode.Filter;
import io.chronicledb.engine.query.plan.TableNode.Groups;
import io.chronicledb.engine.query.plan.TableNode.Part;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TableNode.ScanColumn;
import io.chronicledb.engine.query.plan.TableNode.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a wide table one by one where each aggregate looks at one field, and no condition at any, so that their points need not be
 * brought together to rows.
 */
final class ReadFieldsApart extends Rewrite {

  @Override
  TableNode apply(TableNode plan) {
    return bottomUp(
        plan,
        node -> node instanceof Groups groups && groups.parts().size() == 1
            ? split(groups, groups.parts().get(0))
            : node);
  }

  private static Groups split(Groups groups, Part part) {
    TableNode input = part.input();
    Expr condition = null;
    if (input instanceof Filter filter) {
      condition = filter.condition();
      input = filter.input();
    }
    if (!(input instanceof Scan scan) || fieldCount(scan) < 2) {
      return groups;
    }
    if (condition != null && !fields(condition, scan).isEmpty()) {
      return groups;
    }
    Map<Integer, List<Aggregate>> byField = new LinkedHashMap<>();
    for (Aggregate aggregate : part.aggregates()) {
      Set<Integer> read =
          aggregate.argument() == null ? Set.of() : fields(aggregate.argument(), scan);
      // What is no NULL without the field counts rows that only another field makes.
      if (read.size() != 1 || !isStrict(aggregate.argument())) {
        return groups;
      }
      byField
          .computeIfAbsent(read.iterator().next(), field -> new ArrayList<>())
          .add(aggregate);
    }
    // A field that is only part of the order, or of nothing, still makes rows.
    if (byField.size() != fieldCount(scan)) {
      return groups;
    }
    var parts = new ArrayList<Part>();
    for (Map.Entry<Integer, List<Aggregate>> entry : byField.entrySet()) {
      parts.add(part(scan, condition, entry.getKey(), entry.getValue()));
    }
    return groups.withParts(parts);
  }

  private static Part part(
      Scan scan, @Nullable Expr condition, int field, List<Aggregate> aggregates) {
    var columns = new ArrayList<ScanColumn>();
    var places = new int[scan.scanned().size()];
    for (int i = 0; i < places.length; i++) {
      ScanColumn column = scan.scanned().get(i);
      if (column.kind() != ScanColumn.Kind.FIELD || i == field) {
        places[i] = columns.size();
        columns.add(column);
      }
    }
    String name = scan.scanned().get(field).name();
    var sources = new ArrayList<Source>();
    for (Source source : scan.sources()) {
      String metric = source.metrics().get(name);
      if (metric != null) {
        sources.add(new Source(source.name(), Map.of(name, metric)));
      }
    }
    var read = new Scan(sources, columns, scan.range(), scan.matchers(), Map.of());
    TableNode input = condition == null ? read : new Filter(read, moved(condition, places));
    return new Part(
        input,
        aggregates.stream()
            .map(aggregate -> aggregate.withArgument(moved(aggregate.argument(), places)))
            .toList());
  }

  private static Expr moved(@Nullable Expr expression, int[] places) {
    if (expression == null) {
      throw new IllegalArgumentException("an aggregate of rows reads no field");
    }
    return Expr.rebuild(
        expression,
        part -> part instanceof Expr.Column column
            ? new Expr.Column(places[column.index()], column.type(), column.name())
            : part);
  }

  private static boolean isStrict(@Nullable Expr expression) {
    return expression != null
        && !(expression instanceof Expr.Call call && !call.function().isStrict())
        && expression.operands().stream().allMatch(ReadFieldsApart::isStrict);
  }

  private static long fieldCount(Scan scan) {
    return scan.scanned().stream()
        .filter(column -> column.kind() == ScanColumn.Kind.FIELD)
        .count();
  }

  private static Set<Integer> fields(Expr expression, Scan scan) {
    var found = new HashSet<Integer>();
    collect(expression, scan, found);
    return found;
  }

  private static void collect(Expr expression, Scan scan, Set<Integer> found) {
    if (expression instanceof Expr.Column column
        && scan.scanned().get(column.index()).kind() == ScanColumn.Kind.FIELD) {
      found.add(column.index());
    }
    expression.operands().forEach(operand -> collect(operand, scan, found));
  }
}
