package io.chronicledb.engine.query.sql;

import com.google.re2j.Pattern;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.index.ValueMatcher;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.model.TimeText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A WHERE clause as a range of time and matchers on tags. That is what all of a conjunction of conditions on {@code time} and tags comes to;
 * anything else is refused by name. An absent tag is NULL, so only {@code IS NULL} holds for it.
 */
final class WhereClause {

  private final SqlParameters parameters;
  private final long now;
  private final List<TagMatcher> matchers = new ArrayList<>();
  private final Set<String> tags = new LinkedHashSet<>();
  private long start = TimeRange.ALL.start();
  private long end = TimeRange.ALL.end();

  WhereClause(SqlParameters parameters, long now) {
    this.parameters = parameters;
    this.now = now;
  }

  List<TagMatcher> matchers() {
    return matchers;
  }

  /** Tags that a condition speaks of. */
  Set<String> tags() {
    return tags;
  }

  TimeRange range() {
    return new TimeRange(start, Math.max(start, end));
  }

  void add(SqlExpr condition) {
    if (condition instanceof SqlExpr.And and) {
      and.operands().forEach(this::add);
    } else if (condition instanceof SqlExpr.Comparison comparison) {
      addComparison(comparison);
    } else if (condition instanceof SqlExpr.InList in) {
      addIn(in);
    } else if (condition instanceof SqlExpr.Between between) {
      addBetween(between);
    } else if (condition instanceof SqlExpr.Like like) {
      String pattern = likePattern(text(like.pattern(), "the pattern of LIKE"));
      addRegex(tag(like.operand(), "LIKE"), pattern, like.negated());
    } else if (condition instanceof SqlExpr.RegexMatch regex) {
      addRegex(tag(regex.operand(), "=~"), searching(regex.pattern()), regex.negated());
    } else if (condition instanceof SqlExpr.IsNull isNull) {
      String tag = tag(isNull.operand(), "IS NULL");
      matchers.add(new TagMatcher(
          tag, isNull.negated() ? TagMatcher.Op.NOT_EQUAL : TagMatcher.Op.EQUAL, ""));
    } else if (condition instanceof SqlExpr.Or or) {
      throw or.at().unsupported("OR in WHERE");
    } else if (condition instanceof SqlExpr.Not not) {
      throw not.at().unsupported("NOT in front of a condition");
    } else {
      throw condition.at().unsupported("this condition");
    }
  }

  private void addComparison(SqlExpr.Comparison comparison) {
    SqlExpr.Comparison.Op op = comparison.op();
    SqlExpr left = comparison.left();
    SqlExpr right = comparison.right();
    if (!(left instanceof SqlExpr.Column) && right instanceof SqlExpr.Column) {
      left = comparison.right();
      right = comparison.left();
      op = mirrored(op);
    }
    if (left instanceof SqlExpr.Column column && column.isBuiltIn("time")) {
      addTime(comparison, op, time(right));
      return;
    }
    String tag = tag(left, op.toString());
    String value = text(right, "the value of tag \"" + tag + "\"");
    switch (op) {
      case EQUAL -> matchers.add(TagMatcher.equal(tag, value));
      case NOT_EQUAL -> matchers.add(new TagMatcher(tag, TagMatcher.Op.NOT_EQUAL, value));
      default -> throw comparison.at().unsupported("comparing a tag with < or >");
    }
    present(tag);
  }

  private static SqlExpr.Comparison.Op mirrored(SqlExpr.Comparison.Op op) {
    return switch (op) {
      case LESS -> SqlExpr.Comparison.Op.GREATER;
      case LESS_OR_EQUAL -> SqlExpr.Comparison.Op.GREATER_OR_EQUAL;
      case GREATER -> SqlExpr.Comparison.Op.LESS;
      case GREATER_OR_EQUAL -> SqlExpr.Comparison.Op.LESS_OR_EQUAL;
      case EQUAL, NOT_EQUAL -> op;
    };
  }

  private void addTime(SqlExpr.Comparison comparison, SqlExpr.Comparison.Op op, long time) {
    switch (op) {
      case GREATER_OR_EQUAL -> from(time);
      case GREATER -> from(after(time));
      case LESS -> until(time);
      case LESS_OR_EQUAL -> until(after(time));
      case EQUAL -> {
        from(time);
        until(after(time));
      }
      case NOT_EQUAL -> throw comparison.at().unsupported("time != …");
    }
  }

  private void from(long time) {
    start = Math.max(start, time);
  }

  private void until(long time) {
    end = Math.min(end, time);
  }

  private static long after(long time) {
    return time == Long.MAX_VALUE ? time : time + 1;
  }

  private void addIn(SqlExpr.InList in) {
    String tag = tag(in.operand(), "IN");
    String pattern = in.values().stream()
        .map(value -> Pattern.quote(text(value, "a value of tag \"" + tag + "\"")))
        .collect(Collectors.joining("|"));
    matchers.add(
        new TagMatcher(tag, in.negated() ? TagMatcher.Op.NOT_REGEX : TagMatcher.Op.REGEX, pattern));
    present(tag);
  }

  private void addBetween(SqlExpr.Between between) {
    if (!(between.operand() instanceof SqlExpr.Column column && column.isBuiltIn("time"))
        || between.negated()) {
      throw between
          .at()
          .unsupported(between.negated() ? "NOT BETWEEN" : "BETWEEN on anything but time");
    }
    from(time(between.low()));
    until(after(time(between.high())));
  }

  private void addRegex(String tag, String pattern, boolean negated) {
    matchers.add(
        new TagMatcher(tag, negated ? TagMatcher.Op.NOT_REGEX : TagMatcher.Op.REGEX, pattern));
    present(tag);
  }

  /** A condition on the value of a tag that is NULL does not hold. */
  private void present(String tag) {
    matchers.add(new TagMatcher(tag, TagMatcher.Op.NOT_EQUAL, ""));
  }

  /** SQL's patterns look anywhere in the value. */
  private String searching(SqlExpr expression) {
    String pattern = text(expression, "a pattern");
    try {
      ValueMatcher.check(pattern);
    } catch (BadDataException e) {
      throw expression.at().invalid(String.valueOf(e.getMessage()));
    }
    return ".*(?:" + pattern + ").*";
  }

  private static String likePattern(String like) {
    var pattern = new StringBuilder();
    var literal = new StringBuilder();
    for (int i = 0; i < like.length(); i++) {
      char c = like.charAt(i);
      if (c == '%' || c == '_') {
        pattern.append(Pattern.quote(literal.toString())).append(c == '%' ? ".*" : ".");
        literal.setLength(0);
      } else {
        literal.append(c);
      }
    }
    return pattern.append(Pattern.quote(literal.toString())).toString();
  }

  private String tag(SqlExpr operand, String operator) {
    if (operand instanceof SqlExpr.Column column && column.kind() != SqlExpr.Column.Kind.FIELD) {
      if (column.isBuiltIn("metric")) {
        return Tags.METRIC;
      }
      if (column.isBuiltIn("value") || column.isBuiltIn("time")) {
        throw column.at().unsupported(operator + " on " + column.name() + " in WHERE");
      }
      tags.add(column.name());
      return column.name();
    }
    throw operand.at().unsupported(operator + " on anything but a tag or time");
  }

  private String text(SqlExpr expression, String what) {
    if (expression instanceof SqlExpr.StringLiteral string) {
      return string.value();
    }
    if (expression instanceof SqlExpr.Parameter parameter) {
      Object value = parameters.get(parameter);
      if (value instanceof String text) {
        return text;
      }
    }
    if (expression instanceof SqlExpr.Column column
        && column.kind() != SqlExpr.Column.Kind.QUOTED) {
      throw expression.at().unsupported("comparing columns with each other");
    }
    throw expression.at().invalid("expected text as " + what, "write it in single quotes");
  }

  /** A time in nanoseconds: a literal, a parameter, or now() with durations added and taken away. */
  private long time(SqlExpr expression) {
    if (expression instanceof SqlExpr.Now) {
      return now;
    }
    if (expression instanceof SqlExpr.NumberLiteral number && number.integer() != null) {
      return number.integer();
    }
    if (expression instanceof SqlExpr.StringLiteral string) {
      return parse(string.value(), expression.at());
    }
    if (expression instanceof SqlExpr.Parameter parameter) {
      Object value = parameters.get(parameter);
      if (value instanceof Long nanos) {
        return nanos;
      }
      if (value instanceof String text) {
        return parse(text, expression.at());
      }
    }
    if (expression instanceof SqlExpr.Binary binary
        && (binary.op() == SqlExpr.Binary.Op.ADD || binary.op() == SqlExpr.Binary.Op.SUBTRACT)
        && binary.right() instanceof SqlExpr.DurationLiteral duration) {
      if (duration.months() != 0) {
        throw duration.at().unsupported("a calendar duration");
      }
      long base = time(binary.left());
      try {
        return binary.op() == SqlExpr.Binary.Op.ADD
            ? Math.addExact(base, duration.nanos())
            : Math.subtractExact(base, duration.nanos());
      } catch (ArithmeticException e) {
        throw binary.at().invalid("the time lies outside of 1677 to 2262");
      }
    }
    throw expression
        .at()
        .invalid("expected a time", "write '2024-01-01T00:00:00Z', nanoseconds, or now() - 1h");
  }

  private static long parse(String text, SqlSpan at) {
    try {
      return TimeText.parse(text);
    } catch (BadDataException e) {
      throw at.invalid(String.valueOf(e.getMessage()));
    }
  }
}
