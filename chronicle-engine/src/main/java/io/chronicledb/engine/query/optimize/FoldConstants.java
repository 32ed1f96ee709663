package io.chronicledb.engine.query.optimize;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.BinaryOperation;
import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Filter;
import io.chronicledb.engine.query.plan.TableNode.Groups;
import io.chronicledb.engine.query.plan.TableNode.Nothing;
import io.chronicledb.engine.query.plan.TableNode.Part;
import io.chronicledb.engine.query.plan.TableNode.Project;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import java.util.ArrayList;
import java.util.List;

/** Computes once what is the same in every row, and decides conditions that need no row. */
final class FoldConstants extends Rewrite {

  @Override
  TableNode apply(TableNode plan) {
    return bottomUp(plan, FoldConstants::fold);
  }

  private static TableNode fold(TableNode node) {
    if (node instanceof Filter filter) {
      Expr condition = fold(filter.condition());
      if (condition instanceof Expr.Decided always && always.value()) {
        return filter.input();
      }
      // What is never true needs no rows to be read; groups of none may still be one.
      boolean never = condition instanceof Expr.Null
          || (condition instanceof Expr.Decided decided && !decided.value());
      return new Filter(
          never && filter.input() instanceof Scan scan
              ? scan.withRange(new TimeRange(0, 0))
              : filter.input(),
          condition);
    }
    if (node instanceof Project project && !(project.input() instanceof Nothing)) {
      return new Project(
          project.input(),
          project.names(),
          project.values().stream().map(FoldConstants::fold).toList());
    }
    if (node instanceof Groups groups) {
      return groups.withParts(groups.parts().stream()
          .map(part -> new Part(
              part.input(),
              part.aggregates().stream()
                  .map(aggregate -> aggregate.argument() == null
                      ? aggregate
                      : aggregate.withArgument(fold(aggregate.argument())))
                  .toList()))
          .toList());
    }
    return node;
  }

  private static Expr fold(Expr expression) {
    return Expr.rebuild(expression, FoldConstants::foldOne);
  }

  private static Expr foldOne(Expr expression) {
    if (expression instanceof Expr.Arithmetic arithmetic
        && arithmetic.left() instanceof Expr.Number left
        && arithmetic.right() instanceof Expr.Number right) {
      boolean divides = arithmetic.operation() == BinaryOperation.DIVIDE
          || arithmetic.operation() == BinaryOperation.MODULO;
      return divides && right.value() == 0
          ? new Expr.Null()
          : new Expr.Number(arithmetic.operation().apply(left.value(), right.value()));
    }
    if (expression instanceof Expr.Call call
        && call.arguments().stream().allMatch(argument -> argument instanceof Expr.Number)) {
      double result = call.function()
          .apply(
              call.arguments().stream()
                  .mapToDouble(a -> ((Expr.Number) a).value())
                  .toArray(),
              call.arguments().size());
      return StaleMarker.is(result) ? new Expr.Null() : new Expr.Number(result);
    }
    if (expression instanceof Expr.Comparison comparison
        && comparison.left() instanceof Expr.Number left
        && comparison.right() instanceof Expr.Number right) {
      return new Expr.Decided(comparison.operation().test(left.value(), right.value()));
    }
    if (expression instanceof Expr.Comparison comparison
        && comparison.left() instanceof Expr.Time left
        && comparison.right() instanceof Expr.Time right) {
      return new Expr.Decided(
          comparison.operation().test(Long.compare(left.nanos(), right.nanos()), 0));
    }
    if (expression instanceof Expr.Not not && not.condition() instanceof Expr.Decided decided) {
      return new Expr.Decided(!decided.value());
    }
    if (expression instanceof Expr.And and) {
      return logic(and.conditions(), true);
    }
    if (expression instanceof Expr.Or or) {
      return logic(or.conditions(), false);
    }
    return expression;
  }

  /** Leaves out what does not decide, and knows the outcome where one condition does. */
  private static Expr logic(List<Expr> conditions, boolean and) {
    var open = new ArrayList<Expr>();
    for (Expr condition : conditions) {
      if (condition instanceof Expr.Decided decided) {
        if (decided.value() != and) {
          return decided;
        }
      } else {
        open.add(condition);
      }
    }
    if (open.isEmpty()) {
      return new Expr.Decided(and);
    }
    return open.size() == 1 ? open.get(0) : and ? new Expr.And(open) : new Expr.Or(open);
  }
}
