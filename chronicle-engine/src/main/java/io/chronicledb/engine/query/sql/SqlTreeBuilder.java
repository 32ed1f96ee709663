package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.DurationText;
import io.chronicledb.engine.query.sql.SqlExpr.Column;
import io.chronicledb.engine.query.sql.SqlExpr.DurationLiteral;
import io.chronicledb.engine.query.sql.SqlExpr.NumberLiteral;
import io.chronicledb.engine.query.sql.SqlExpr.Parameter;
import io.chronicledb.engine.query.sql.SqlStatement.Fill;
import io.chronicledb.engine.query.sql.SqlStatement.GroupBy;
import io.chronicledb.engine.query.sql.SqlStatement.Item;
import io.chronicledb.engine.query.sql.SqlStatement.Listing;
import io.chronicledb.engine.query.sql.SqlStatement.OrderItem;
import io.chronicledb.engine.query.sql.SqlStatement.Select;
import io.chronicledb.engine.query.sql.SqlStatement.Source;
import io.chronicledb.engine.query.sql.SqlStatement.TimeBucket;
import io.chronicledb.grammar.sql.SqlParser.BetweenContext;
import io.chronicledb.grammar.sql.SqlParser.ComparatorContext;
import io.chronicledb.grammar.sql.SqlParser.ConjunctionContext;
import io.chronicledb.grammar.sql.SqlParser.DeleteContext;
import io.chronicledb.grammar.sql.SqlParser.ExplainContext;
import io.chronicledb.grammar.sql.SqlParser.ExpressionContext;
import io.chronicledb.grammar.sql.SqlParser.FillContext;
import io.chronicledb.grammar.sql.SqlParser.GroupByContext;
import io.chronicledb.grammar.sql.SqlParser.IdentifierContext;
import io.chronicledb.grammar.sql.SqlParser.InListContext;
import io.chronicledb.grammar.sql.SqlParser.LikeContext;
import io.chronicledb.grammar.sql.SqlParser.NegationContext;
import io.chronicledb.grammar.sql.SqlParser.OrderByContext;
import io.chronicledb.grammar.sql.SqlParser.ParameterContext;
import io.chronicledb.grammar.sql.SqlParser.PatternContext;
import io.chronicledb.grammar.sql.SqlParser.PredicateContext;
import io.chronicledb.grammar.sql.SqlParser.PrimaryContext;
import io.chronicledb.grammar.sql.SqlParser.ProductContext;
import io.chronicledb.grammar.sql.SqlParser.RowCountContext;
import io.chronicledb.grammar.sql.SqlParser.SelectContext;
import io.chronicledb.grammar.sql.SqlParser.ShowContext;
import io.chronicledb.grammar.sql.SqlParser.SignContext;
import io.chronicledb.grammar.sql.SqlParser.SignedContext;
import io.chronicledb.grammar.sql.SqlParser.SourceContext;
import io.chronicledb.grammar.sql.SqlParser.SourcesContext;
import io.chronicledb.grammar.sql.SqlParser.StatementContext;
import io.chronicledb.grammar.sql.SqlParser.SumContext;
import io.chronicledb.grammar.sql.SqlParser.TimeBucketContext;
import io.chronicledb.grammar.sql.SqlParser.WithKeyContext;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.Interval;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/**
 * Turns the generated parser's tree into ours, and checks what a grammar cannot say well: literals, names of functions and their
 * arguments, where a condition belongs and where a value. For one statement; not thread-safe.
 */
final class SqlTreeBuilder {

  /** Positional parameters so far; they are numbered in the order of the text, which is the order of the walk. */
  private int positionalCount;

  /** The first named parameter, if any. */
  private @Nullable Parameter named;

  SqlStatement statement(StatementContext statement) {
    if (statement.select() != null) {
      return select(statement.select());
    }
    if (statement.show() != null) {
      return show(statement.show());
    }
    return statement.explain() != null ? explain(statement.explain()) : delete(statement.delete());
  }

  private Select select(SelectContext select) {
    var items = new ArrayList<Item>();
    for (var item : select.selectItem()) {
      if (item.STAR() != null) {
        items.add(new Item(new SqlExpr.Star(span(item)), null, span(item)));
      } else {
        var alias = item.alias();
        String name = alias == null
            ? null
            : alias.TIME() != null ? alias.getText() : name(alias.identifier());
        items.add(new Item(value(item.expression(), "SELECT"), name, span(item.expression())));
      }
    }
    // In the order of the text, for the numbers of the parameters.
    var sources = sources(select.sources());
    var where = select.where() == null ? null : condition(select.where().expression(), "WHERE");
    if (where != null) {
      refuseAggregates(where);
    }
    var groupBy = groupBy(select.groupBy());
    var having = select.having() == null ? null : condition(select.having().expression(), "HAVING");
    var fill = fill(select.fill());
    var orderBy = orderBy(select.orderBy());
    var limit = select.limit() == null ? null : rowCount(select.limit().rowCount(), "LIMIT");
    var offset = select.offset() == null ? null : rowCount(select.offset().rowCount(), "OFFSET");
    return new Select(
        items, sources, where, groupBy, having, fill, orderBy, limit, offset, span(select));
  }

  private SqlStatement show(ShowContext show) {
    Listing listing;
    if (show.METRICS() != null) {
      listing = Listing.METRICS;
    } else if (show.SERIES() != null) {
      listing = Listing.SERIES;
    } else {
      listing = show.KEYS() != null ? Listing.TAG_KEYS : Listing.TAG_VALUES;
    }
    var keys = new ArrayList<Column>();
    WithKeyContext withKey = show.withKey();
    if (withKey != null) {
      if (listing != Listing.TAG_VALUES) {
        throw SqlParser.at(withKey.start)
            .invalid("unexpected \"WITH\"", "WITH KEY belongs to SHOW TAG VALUES");
      }
      withKey.identifier().forEach(key -> keys.add(column(key)));
    }
    List<Source> sources = show.sources() == null ? List.of() : sources(show.sources());
    var where = show.where() == null ? null : condition(show.where().expression(), "WHERE");
    if (where != null) {
      refuseAggregates(where);
    }
    var limit = show.limit() == null ? null : rowCount(show.limit().rowCount(), "LIMIT");
    var offset = show.offset() == null ? null : rowCount(show.offset().rowCount(), "OFFSET");
    return new SqlStatement.Show(listing, sources, keys, where, limit, offset, span(show));
  }

  private SqlStatement explain(ExplainContext explain) {
    return new SqlStatement.Explain(
        explain.ANALYZE() != null, select(explain.select()), span(explain));
  }

  private SqlStatement delete(DeleteContext delete) {
    var source = new Source.Named(name(delete.identifier()), span(delete.identifier()));
    var where = delete.where() == null ? null : condition(delete.where().expression(), "WHERE");
    if (where != null) {
      refuseAggregates(where);
    }
    return new SqlStatement.Delete(source, where, span(delete));
  }

  private List<Source> sources(SourcesContext sources) {
    var list = new ArrayList<Source>();
    for (SourceContext source : sources.source()) {
      list.add(
          source.REGEX() != null
              ? new Source.Regex(regex(source.REGEX()), span(source))
              : new Source.Named(name(source.identifier()), span(source)));
    }
    return list;
  }

  private GroupBy groupBy(@Nullable GroupByContext groupBy) {
    if (groupBy == null) {
      return GroupBy.NONE;
    }
    TimeBucket bucket = null;
    boolean all = false;
    var tags = new ArrayList<Column>();
    for (var item : groupBy.groupItem()) {
      if (item.STAR() != null) {
        all = true;
      } else if (item.identifier() != null) {
        tags.add(column(item.identifier()));
      } else if (bucket != null) {
        throw span(item).invalid("a second time() in GROUP BY");
      } else {
        bucket = timeBucket(item.timeBucket());
      }
    }
    return new GroupBy(bucket, tags, all);
  }

  private static TimeBucket timeBucket(TimeBucketContext bucket) {
    var width = duration(bucket.width, 1, span(bucket.width, bucket.width));
    if (width.nanos() == 0 && width.months() == 0) {
      throw width.at().invalid("the width of time() is 0");
    }
    if (width.nanos() != 0 && width.months() != 0) {
      throw width
          .at()
          .invalid("the width of time() mixes months with fixed units", "use one of them");
    }
    DurationLiteral offset = null;
    if (bucket.offsetBy != null) {
      boolean negative = bucket.sign() != null && bucket.sign().MINUS() != null;
      Token start = bucket.sign() == null ? bucket.offsetBy : bucket.sign().start;
      offset = duration(bucket.offsetBy, negative ? -1 : 1, span(start, bucket.offsetBy));
      if (offset.months() != 0) {
        throw offset
            .at()
            .invalid("the offset of time() is in months", "use fixed units, from ns to w");
      }
    }
    ZoneId zone = null;
    if (bucket.zone != null) {
      String id = unquoted(bucket.zone, '\'');
      try {
        zone = ZoneId.of(id);
      } catch (DateTimeException unknown) {
        throw span(bucket.zone, bucket.zone)
            .invalid(
                "unknown time zone " + SqlParser.shown(bucket.zone.getText()),
                "zones are named like 'Europe/Berlin'");
      }
    }
    return new TimeBucket(width, offset, zone, span(bucket));
  }

  private static Fill fill(@Nullable FillContext fill) {
    if (fill == null || fill.NONE() != null) {
      return Fill.NONE;
    }
    if (fill.NUMBER() != null) {
      boolean negative = fill.sign() != null && fill.sign().MINUS() != null;
      Token number = fill.NUMBER().getSymbol();
      return new Fill(
          Fill.Mode.VALUE,
          number(number, negative ? -1 : 1, span(number, number)).value());
    }
    if (fill.NULL() != null) {
      return new Fill(Fill.Mode.NULL, 0);
    }
    return new Fill(fill.PREVIOUS() != null ? Fill.Mode.PREVIOUS : Fill.Mode.LINEAR, 0);
  }

  private List<OrderItem> orderBy(@Nullable OrderByContext orderBy) {
    var items = new ArrayList<OrderItem>();
    if (orderBy != null) {
      for (var item : orderBy.orderItem()) {
        items.add(new OrderItem(value(item.expression(), "ORDER BY"), item.DESC() != null));
      }
    }
    return items;
  }

  private SqlExpr rowCount(RowCountContext count, String clause) {
    if (count.parameter() != null) {
      return parameter(count.parameter());
    }
    Token token = count.NUMBER().getSymbol();
    NumberLiteral number = number(token, 1, span(token, token));
    if (number.integer() == null) {
      throw number
          .at()
          .invalid(clause + " takes an integer, not " + SqlParser.shown(token.getText()));
    }
    return number;
  }

  /** An expression where only a condition makes sense. */
  private SqlExpr condition(ExpressionContext context, String where) {
    return asCondition(expression(context), where);
  }

  /** An expression where only a value makes sense. */
  private SqlExpr value(ExpressionContext context, String where) {
    return asValue(expression(context), where);
  }

  private static SqlExpr asCondition(SqlExpr expr, String where) {
    if (!expr.isCondition()) {
      throw expr.at()
          .invalid(
              where + " needs a condition, not the value "
                  + SqlParser.shown(expr.at().text()),
              "compare it with something");
    }
    return expr;
  }

  private static SqlExpr asValue(SqlExpr expr, String where) {
    if (expr.isCondition()) {
      throw expr.at()
          .invalid(where + " needs a value, not the condition "
              + SqlParser.shown(expr.at().text()));
    }
    return expr;
  }

  private SqlExpr expression(ExpressionContext or) {
    PrimaryContext only = onlyPrimary(or);
    if (only != null) {
      return primary(only);
    }
    if (or.conjunction().size() == 1) {
      return conjunction(or.conjunction(0));
    }
    var operands = new ArrayList<SqlExpr>();
    or.conjunction().forEach(operand -> operands.add(asCondition(conjunction(operand), "OR")));
    return new SqlExpr.Or(operands, span(or));
  }

  /**
   * What an expression without any operator consists of, or null. Goes down the rules in a loop: nested calls and parentheses would
   * otherwise take one frame for each rule and level.
   */
  private static @Nullable PrimaryContext onlyPrimary(ExpressionContext expression) {
    ParserRuleContext context = expression;
    while (context.getChildCount() == 1 && context.getChild(0) instanceof ParserRuleContext child) {
      if (child instanceof PrimaryContext primary) {
        // A literal belongs to its sign: see signed().
        return primary.NUMBER() == null && primary.DURATION() == null ? primary : null;
      }
      context = child;
    }
    return null;
  }

  private SqlExpr conjunction(ConjunctionContext and) {
    if (and.negation().size() == 1) {
      return negation(and.negation(0));
    }
    var operands = new ArrayList<SqlExpr>();
    and.negation().forEach(operand -> operands.add(asCondition(negation(operand), "AND")));
    return new SqlExpr.And(operands, span(and));
  }

  private SqlExpr negation(NegationContext negation) {
    SqlExpr expr = predicate(negation.predicate());
    for (int i = negation.NOT().size() - 1; i >= 0; i--) {
      expr = new SqlExpr.Not(
          asCondition(expr, "NOT"), span(negation.NOT(i).getSymbol(), negation.stop));
    }
    return expr;
  }

  private SqlExpr predicate(PredicateContext predicate) {
    SqlExpr left = sum(predicate.sum());
    var tail = predicate.predicateTail();
    if (tail == null) {
      return left;
    }
    SqlSpan at = span(predicate);
    boolean not = tail.NOT() != null;
    if (tail.comparator() != null) {
      var op = comparison(tail.comparator());
      return new SqlExpr.Comparison(
          op, asValue(left, op.symbol()), asValue(sum(tail.sum()), op.symbol()), at);
    }
    if (tail.pattern() != null) {
      boolean negated = tail.NOT_MATCH() != null;
      return new SqlExpr.RegexMatch(
          asValue(left, negated ? "!~" : "=~"), pattern(tail.pattern()), negated, at);
    }
    if (tail.IS() != null) {
      return new SqlExpr.IsNull(asValue(left, "IS NULL"), not, at);
    }
    if (tail.inList() != null) {
      InListContext in = tail.inList();
      var operand = asValue(left, "IN");
      var values = new ArrayList<SqlExpr>();
      in.sum().forEach(value -> values.add(asValue(sum(value), "IN")));
      return new SqlExpr.InList(operand, values, not, at);
    }
    if (tail.between() != null) {
      BetweenContext between = tail.between();
      var operand = asValue(left, "BETWEEN");
      var low = asValue(sum(between.sum(0)), "BETWEEN");
      return new SqlExpr.Between(operand, low, asValue(sum(between.sum(1)), "BETWEEN"), not, at);
    }
    LikeContext like = tail.like();
    var pattern = like.likePattern();
    return new SqlExpr.Like(
        asValue(left, "LIKE"),
        pattern.parameter() != null ? parameter(pattern.parameter()) : string(pattern.STRING()),
        not,
        at);
  }

  private static SqlExpr.Comparison.Op comparison(ComparatorContext op) {
    if (op.EQ() != null) {
      return SqlExpr.Comparison.Op.EQUAL;
    }
    if (op.NE() != null) {
      return SqlExpr.Comparison.Op.NOT_EQUAL;
    }
    if (op.LT() != null) {
      return SqlExpr.Comparison.Op.LESS;
    }
    if (op.LE() != null) {
      return SqlExpr.Comparison.Op.LESS_OR_EQUAL;
    }
    return op.GT() != null ? SqlExpr.Comparison.Op.GREATER : SqlExpr.Comparison.Op.GREATER_OR_EQUAL;
  }

  private SqlExpr pattern(PatternContext pattern) {
    if (pattern.parameter() != null) {
      return parameter(pattern.parameter());
    }
    return pattern.STRING() != null
        ? string(pattern.STRING())
        : new SqlExpr.StringLiteral(regex(pattern.REGEX()), span(pattern));
  }

  private SqlExpr sum(SumContext sum) {
    SqlExpr expr = product(sum.product(0));
    for (int i = 1; i < sum.product().size(); i++) {
      Token token = ((TerminalNode) sum.getChild(2 * i - 1)).getSymbol();
      expr = binary(token, expr, product(sum.product(i)), span(sum.start, sum.product(i).stop));
    }
    return expr;
  }

  private SqlExpr product(ProductContext product) {
    SqlExpr expr = signed(product.signed(0));
    for (int i = 1; i < product.signed().size(); i++) {
      Token token = ((TerminalNode) product.getChild(2 * i - 1)).getSymbol();
      expr = binary(
          token, expr, signed(product.signed(i)), span(product.start, product.signed(i).stop));
    }
    return expr;
  }

  private static SqlExpr binary(Token operator, SqlExpr left, SqlExpr right, SqlSpan at) {
    String symbol = operator.getText();
    for (var op : SqlExpr.Binary.Op.values()) {
      if (op.symbol().equals(symbol)) {
        return new SqlExpr.Binary(op, asValue(left, symbol), asValue(right, symbol), at);
      }
    }
    throw new AssertionError("the grammar has an operator that the tree has not: " + symbol);
  }

  private SqlExpr signed(SignedContext signed) {
    PrimaryContext primary = signed.primary();
    int negations = 0;
    for (SignContext sign : signed.sign()) {
      negations += sign.MINUS() != null ? 1 : 0;
    }
    int sign = negations % 2 == 0 ? 1 : -1;
    // The sign belongs to the literal: the smallest long has no positive counterpart.
    if (primary.NUMBER() != null) {
      return number(primary.NUMBER().getSymbol(), sign, span(signed));
    }
    if (primary.DURATION() != null) {
      return duration(primary.DURATION().getSymbol(), sign, span(signed));
    }
    SqlExpr expr = primary(primary);
    for (int i = signed.sign().size() - 1; i >= 0; i--) {
      expr = asValue(expr, signed.sign(i).getText());
      if (signed.sign(i).MINUS() != null) {
        expr = new SqlExpr.Unary(expr, span(signed.sign(i).start, signed.stop));
      }
    }
    return expr;
  }

  private SqlExpr primary(PrimaryContext primary) {
    if (primary.expression() != null) {
      return expression(primary.expression());
    }
    if (primary.NULL() != null) {
      return new SqlExpr.NullLiteral(span(primary));
    }
    if (primary.STRING() != null) {
      return string(primary.STRING());
    }
    if (primary.parameter() != null) {
      return parameter(primary.parameter());
    }
    if (primary.TIME() != null) {
      return new Column("time", Column.Kind.PLAIN, span(primary));
    }
    return primary.arguments() == null ? column(primary.identifier()) : call(primary);
  }

  private SqlExpr call(PrimaryContext call) {
    SqlSpan at = span(call);
    String name = call.identifier().getText();
    boolean star = call.arguments().STAR() != null;
    int count = call.arguments().expression().size();
    switch (name.toLowerCase(Locale.ROOT)) {
      case "now" -> {
        if (star || count != 0) {
          throw at.invalid("function \"now\" takes no arguments, not " + (star ? "*" : count));
        }
        return new SqlExpr.Now(at);
      }
      case "field" -> {
        var arguments = arguments(call, name);
        if (count == 1
            && arguments.get(0) instanceof Column column
            && column.kind() != Column.Kind.FIELD) {
          return new Column(column.name(), Column.Kind.FIELD, at);
        }
        throw at.invalid("field() takes the name of one field", "write field(\"name\")");
      }
      default -> {
        if (call.identifier().QUOTED_IDENTIFIER() != null) {
          throw at.invalid(
              "function name " + SqlParser.shown(name) + " in quotes",
              "only names of columns and sources take them");
        }
        var function = SqlFunctions.find(name);
        if (function == null) {
          String nearest = SqlFunctions.nearest(name);
          String unknown = "unknown function " + SqlParser.shown(name);
          throw nearest == null
              ? at.invalid(unknown)
              : at.invalid(unknown, "did you mean \"" + nearest + "\"?");
        }
        if (star && !function.takesStar()) {
          throw at.invalid("function \"" + function.name() + "\" does not take *", "name a column");
        }
        if (!star && (count < function.argumentsMin() || count > function.argumentsMax())) {
          throw at.invalid(
              "function \"" + function.name() + "\" takes " + wanted(function) + ", not " + count);
        }
        return new SqlExpr.Call(function.name(), arguments(call, function.name()), star, at);
      }
    }
  }

  private List<SqlExpr> arguments(PrimaryContext call, String function) {
    var arguments = new ArrayList<SqlExpr>();
    for (var argument : call.arguments().expression()) {
      arguments.add(value(argument, function + "()"));
    }
    return arguments;
  }

  private static String wanted(SqlFunctions.Function function) {
    int min = function.argumentsMin();
    int max = function.argumentsMax();
    if (max == Integer.MAX_VALUE) {
      return "at least " + min + (min == 1 ? " argument" : " arguments");
    }
    return (min == max ? "" : min + " or ") + max + (max == 1 ? " argument" : " arguments");
  }

  private Parameter parameter(ParameterContext context) {
    SqlSpan at = span(context);
    Parameter parameter;
    if (context.NAMED_PARAMETER() != null) {
      parameter = new Parameter(context.getText().substring(1), -1, at);
      if (named == null) {
        named = parameter;
      }
    } else {
      parameter = new Parameter(null, positionalCount++, at);
    }
    if (named != null && positionalCount > 0) {
      throw at.invalid(
          "parameter \"" + at.text() + "\" mixes positional and named parameters",
          "use either ? or :name");
    }
    return parameter;
  }

  private static Column column(IdentifierContext identifier) {
    var kind = identifier.QUOTED_IDENTIFIER() != null ? Column.Kind.QUOTED : Column.Kind.PLAIN;
    return new Column(name(identifier), kind, span(identifier));
  }

  private static String name(IdentifierContext identifier) {
    if (identifier.QUOTED_IDENTIFIER() == null) {
      return identifier.getText();
    }
    String name = unquoted(identifier.QUOTED_IDENTIFIER().getSymbol(), '"');
    if (name.isEmpty()) {
      throw span(identifier).invalid("empty name \"\"");
    }
    return name;
  }

  private static SqlExpr string(TerminalNode string) {
    Token token = string.getSymbol();
    return new SqlExpr.StringLiteral(unquoted(token, '\''), span(token, token));
  }

  private static String regex(TerminalNode regex) {
    String text = regex.getText();
    return text.substring(1, text.length() - 1).replace("\\/", "/");
  }

  private static String unquoted(Token token, char quote) {
    String text = token.getText();
    String one = String.valueOf(quote);
    return text.substring(1, text.length() - 1).replace(one + one, one);
  }

  private static NumberLiteral number(Token token, int sign, SqlSpan at) {
    String text = (sign < 0 ? "-" : "") + token.getText();
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      throw at.invalid("number " + SqlParser.shown(token.getText()) + " is too large");
    }
    Long integer = null;
    if (token.getText().chars().allMatch(c -> c >= '0' && c <= '9')) {
      try {
        integer = Long.valueOf(text);
      } catch (NumberFormatException tooLarge) {
        integer = null; // The double stands for it.
      }
    }
    return new NumberLiteral(value, integer, at);
  }

  /** Splits the calendar units off the front; the fixed rest is what {@link DurationText} knows. */
  private static DurationLiteral duration(Token token, int sign, SqlSpan at) {
    String text = token.getText();
    long months = 0;
    int fixed = 0;
    try {
      boolean monthsSeen = false;
      while (fixed < text.length()) {
        int unit = fixed;
        while (text.charAt(unit) <= '9') {
          unit++;
        }
        if (text.startsWith("mo", unit) && !monthsSeen) {
          months = Math.addExact(months, Long.parseLong(text, fixed, unit, 10));
          fixed = unit + 2;
          monthsSeen = true;
        } else if (text.charAt(unit) == 'y' && fixed == 0) {
          months = Math.multiplyExact(12L, Long.parseLong(text, fixed, unit, 10));
          fixed = unit + 1;
        } else {
          break;
        }
      }
    } catch (ArithmeticException | NumberFormatException tooLarge) {
      throw at.invalid("duration " + SqlParser.shown(text) + " is too long");
    }
    String rest = text.substring(fixed);
    if (rest.contains("mo") || rest.contains("y")) {
      throw at.invalid(
          "duration " + SqlParser.shown(text) + " names its units out of order",
          "write the largest first");
    }
    try {
      long nanos = rest.isEmpty() ? 0 : DurationText.parse(rest);
      return new DurationLiteral(sign * nanos, sign * months, at);
    } catch (BadDataException malformed) {
      throw at.invalid("malformed duration", String.valueOf(malformed.getMessage()));
    }
  }

  /** WHERE sees single points; a condition on an aggregate stands in HAVING. */
  private static void refuseAggregates(SqlExpr where) {
    if (where instanceof SqlExpr.Call call) {
      var function = SqlFunctions.find(call.function());
      if (function != null && function.kind() == SqlFunctions.Kind.AGGREGATE) {
        throw call.at()
            .invalid(
                "aggregate function \"" + call.function() + "\" in WHERE",
                "conditions on aggregates belong to HAVING");
      }
    }
    where.children().forEach(SqlTreeBuilder::refuseAggregates);
  }

  private static SqlSpan span(ParserRuleContext context) {
    return span(context.start, context.stop);
  }

  private static SqlSpan span(Token first, Token last) {
    String text =
        first.getInputStream().getText(Interval.of(first.getStartIndex(), last.getStopIndex()));
    return new SqlSpan(first.getLine(), first.getCharPositionInLine() + 1, text);
  }
}
