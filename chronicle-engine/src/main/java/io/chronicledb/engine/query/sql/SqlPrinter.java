package io.chronicledb.engine.query.sql;

import io.chronicledb.engine.model.DurationText;
import io.chronicledb.engine.query.sql.SqlStatement.Delete;
import io.chronicledb.engine.query.sql.SqlStatement.Explain;
import io.chronicledb.engine.query.sql.SqlStatement.Fill;
import io.chronicledb.engine.query.sql.SqlStatement.GroupBy;
import io.chronicledb.engine.query.sql.SqlStatement.Select;
import io.chronicledb.engine.query.sql.SqlStatement.Show;
import io.chronicledb.engine.query.sql.SqlStatement.Source;
import io.chronicledb.engine.query.sql.SqlStatement.TimeBucket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Prints a syntax tree as SQL in one spelling: every operation in parentheses, keywords in upper case, sources and aliases quoted,
 * defaults left out. Two texts that print alike mean the same, and what is printed parses again.
 */
public final class SqlPrinter implements SqlStatement.Visitor<String>, SqlExpr.Visitor<String> {

  private static final SqlPrinter PRINTER = new SqlPrinter();

  private SqlPrinter() {}

  public static String print(SqlStatement statement) {
    return statement.accept(PRINTER);
  }

  public static String print(SqlExpr expression) {
    return expression.accept(PRINTER);
  }

  @Override
  public String visitSelect(Select select) {
    var text = new StringBuilder("SELECT ");
    var items = new ArrayList<String>();
    for (var item : select.items()) {
      items.add(
          print(item.expression()) + (item.alias() == null ? "" : " AS " + quoted(item.alias())));
    }
    text.append(String.join(", ", items)).append(" FROM ").append(sources(select.sources()));
    text.append(clause(" WHERE ", select.where()));
    if (!select.groupBy().isEmpty()) {
      text.append(" GROUP BY ").append(groupBy(select.groupBy()));
    }
    text.append(clause(" HAVING ", select.having()));
    if (select.fill().mode() == Fill.Mode.VALUE) {
      text.append(" FILL(").append(select.fill().value()).append(')');
    } else if (select.fill().mode() != Fill.Mode.NONE) {
      text.append(" FILL(")
          .append(select.fill().mode().name().toLowerCase(Locale.ROOT))
          .append(')');
    }
    if (!select.orderBy().isEmpty()) {
      var order = new ArrayList<String>();
      for (var item : select.orderBy()) {
        order.add(print(item.expression()) + (item.descending() ? " DESC" : ""));
      }
      text.append(" ORDER BY ").append(String.join(", ", order));
    }
    text.append(clause(" LIMIT ", select.limit())).append(clause(" OFFSET ", select.offset()));
    return text.toString();
  }

  @Override
  public String visitShow(Show show) {
    var text = new StringBuilder("SHOW ").append(show.listing().name().replace('_', ' '));
    if (!show.sources().isEmpty()) {
      text.append(" FROM ").append(sources(show.sources()));
    }
    if (!show.keys().isEmpty()) {
      text.append(" WITH KEY IN (").append(list(show.keys())).append(')');
    }
    text.append(clause(" WHERE ", show.where()));
    text.append(clause(" LIMIT ", show.limit())).append(clause(" OFFSET ", show.offset()));
    return text.toString();
  }

  @Override
  public String visitExplain(Explain explain) {
    return (explain.analyze() ? "EXPLAIN ANALYZE " : "EXPLAIN ") + print(explain.select());
  }

  @Override
  public String visitDelete(Delete delete) {
    return "DELETE FROM " + quoted(delete.source().name()) + clause(" WHERE ", delete.where());
  }

  @Override
  public String visitStar(SqlExpr.Star star) {
    return "*";
  }

  @Override
  public String visitColumn(SqlExpr.Column column) {
    return switch (column.kind()) {
      case PLAIN -> column.name();
      case QUOTED -> quoted(column.name());
      case FIELD -> "field(" + quoted(column.name()) + ")";
    };
  }

  @Override
  public String visitNumber(SqlExpr.NumberLiteral number) {
    return Objects.toString(number.integer(), Double.toString(number.value()));
  }

  @Override
  public String visitString(SqlExpr.StringLiteral string) {
    return '\'' + string.value().replace("'", "''") + '\'';
  }

  @Override
  public String visitDuration(SqlExpr.DurationLiteral duration) {
    boolean negative = duration.nanos() < 0 || duration.months() < 0;
    long months = Math.abs(duration.months());
    long nanos = Math.abs(duration.nanos());
    return (negative ? "-" : "")
        + (months == 0 ? "" : months + "mo")
        + (nanos == 0 && months != 0 ? "" : withoutYears(nanos));
  }

  /** A year is a calendar unit in SQL, unlike in {@link DurationText}, which only prints whole ones. */
  private static String withoutYears(long nanos) {
    String text = DurationText.format(nanos);
    int year = text.indexOf('y');
    return year < 0 ? text : Long.parseLong(text.substring(0, year)) * 365 + "d";
  }

  @Override
  public String visitNull(SqlExpr.NullLiteral nullLiteral) {
    return "NULL";
  }

  @Override
  public String visitNow(SqlExpr.Now now) {
    return "now()";
  }

  @Override
  public String visitParameter(SqlExpr.Parameter parameter) {
    return parameter.name() == null ? "?" : ":" + parameter.name();
  }

  @Override
  public String visitCall(SqlExpr.Call call) {
    return call.function() + "(" + (call.star() ? "*" : list(call.arguments())) + ")";
  }

  @Override
  public String visitBinary(SqlExpr.Binary binary) {
    // A loop down the left side: a chain of a thousand operators must not become a thousand frames
    // of string copies.
    var links = new ArrayList<SqlExpr.Binary>();
    SqlExpr first = binary;
    while (first instanceof SqlExpr.Binary link) {
      links.add(link);
      first = link.left();
    }
    var text = new StringBuilder("(".repeat(links.size())).append(print(first));
    for (int i = links.size() - 1; i >= 0; i--) {
      text.append(' ').append(links.get(i).op().symbol()).append(' ');
      text.append(print(links.get(i).right())).append(')');
    }
    return text.toString();
  }

  @Override
  public String visitUnary(SqlExpr.Unary unary) {
    // In parentheses inside, too: two signs in a row would open a comment.
    return "(-(" + print(unary.operand()) + "))";
  }

  @Override
  public String visitComparison(SqlExpr.Comparison comparison) {
    return "(" + print(comparison.left()) + " " + comparison.op().symbol() + " "
        + print(comparison.right()) + ")";
  }

  @Override
  public String visitInList(SqlExpr.InList inList) {
    return "(" + print(inList.operand()) + not(inList.negated()) + " IN (" + list(inList.values())
        + "))";
  }

  @Override
  public String visitBetween(SqlExpr.Between between) {
    return "(" + print(between.operand()) + not(between.negated()) + " BETWEEN "
        + print(between.low()) + " AND " + print(between.high()) + ")";
  }

  @Override
  public String visitLike(SqlExpr.Like like) {
    return "(" + print(like.operand()) + not(like.negated()) + " LIKE " + print(like.pattern())
        + ")";
  }

  @Override
  public String visitRegexMatch(SqlExpr.RegexMatch match) {
    return "(" + print(match.operand()) + (match.negated() ? " !~ " : " =~ ")
        + print(match.pattern()) + ")";
  }

  @Override
  public String visitIsNull(SqlExpr.IsNull isNull) {
    return "(" + print(isNull.operand()) + " IS" + not(isNull.negated()) + " NULL)";
  }

  @Override
  public String visitAnd(SqlExpr.And and) {
    return "("
        + String.join(" AND ", and.operands().stream().map(SqlPrinter::print).toList()) + ")";
  }

  @Override
  public String visitOr(SqlExpr.Or or) {
    return "("
        + String.join(" OR ", or.operands().stream().map(SqlPrinter::print).toList()) + ")";
  }

  @Override
  public String visitNot(SqlExpr.Not not) {
    return "(NOT " + print(not.operand()) + ")";
  }

  private static String groupBy(GroupBy groupBy) {
    var keys = new ArrayList<String>();
    TimeBucket bucket = groupBy.bucket();
    if (bucket != null) {
      keys.add("time(" + print(bucket.width())
          + (bucket.offset() == null ? "" : ", " + print(bucket.offset()))
          + (bucket.zone() == null ? "" : ", '" + bucket.zone().getId() + "'") + ")");
    }
    groupBy.tags().forEach(tag -> keys.add(print(tag)));
    if (groupBy.all()) {
      keys.add("*");
    }
    return String.join(", ", keys);
  }

  private static String sources(List<Source> sources) {
    var texts = new ArrayList<String>();
    for (var source : sources) {
      if (source instanceof Source.Named named) {
        texts.add(quoted(named.name()));
      } else if (source instanceof Source.Regex regex) {
        texts.add("/" + regex.pattern().replace("/", "\\/") + "/");
      }
    }
    return String.join(", ", texts);
  }

  private static String list(List<? extends SqlExpr> expressions) {
    return String.join(", ", expressions.stream().map(SqlPrinter::print).toList());
  }

  private static String clause(String keyword, @Nullable SqlExpr expression) {
    return expression == null ? "" : keyword + print(expression);
  }

  private static String not(boolean negated) {
    return negated ? " NOT" : "";
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
