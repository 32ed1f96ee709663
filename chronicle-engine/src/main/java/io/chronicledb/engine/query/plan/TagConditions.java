package io.chronicledb.engine.query.plan;

import com.google.re2j.Pattern;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.query.function.BinaryOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a condition on rows says about single tags, as matchers that all must hold, and what is left. A tag that is absent is NULL, for which a comparison does not hold, and the empty text to a matcher.
 *
 * @param rest null where the matchers say it all
 */
public record TagConditions(
    List<TagMatcher> matchers, @Nullable Expr rest) {

  /** Alternatives that a pattern may have; a longer list is tested by itself. */
  private static final int PATTERN_LENGTH_MAX = 1000;

  private static final int ALTERNATIVES_MAX = 64;

  public TagConditions {
    matchers = List.copyOf(matchers);
  }

  /** @param tagOf the name of the tag that a column shows; null where it shows something else */
  public static TagConditions of(Expr condition, Function<Expr.Column, @Nullable String> tagOf) {
    var matchers = new ArrayList<TagMatcher>();
    var rest = new ArrayList<Expr>();
    for (Expr conjunct : Expr.conjuncts(condition)) {
      if (!add(conjunct, tagOf, matchers)) {
        rest.add(conjunct);
      }
    }
    return new TagConditions(matchers, Expr.conjunction(rest));
  }

  /**
   * A condition as alternatives of matchers that all must hold; null where it says something else, or comes to too many.
   */
  public static @Nullable List<List<TagMatcher>> alternatives(
      Expr condition, Function<Expr.Column, @Nullable String> tagOf) {
    if (condition instanceof Expr.Not not && not.condition() instanceof Expr.Not twice) {
      return alternatives(twice.condition(), tagOf);
    }
    if (condition instanceof Expr.Not not && not.condition() instanceof Expr.Or or) {
      return alternatives(new Expr.And(negated(or.conditions())), tagOf);
    }
    if (condition instanceof Expr.Not not && not.condition() instanceof Expr.And and) {
      return alternatives(new Expr.Or(negated(and.conditions())), tagOf);
    }
    List<List<TagMatcher>> all = new ArrayList<>();
    if (condition instanceof Expr.Or or) {
      for (Expr inner : or.conditions()) {
        List<List<TagMatcher>> more = alternatives(inner, tagOf);
        if (more == null || all.size() + more.size() > ALTERNATIVES_MAX) {
          return null;
        }
        all.addAll(more);
      }
      return all;
    }
    if (condition instanceof Expr.And and) {
      all.add(List.of());
      for (Expr inner : and.conditions()) {
        List<List<TagMatcher>> more = alternatives(inner, tagOf);
        if (more == null || all.size() * more.size() > ALTERNATIVES_MAX) {
          return null;
        }
        all = combinations(all, more);
      }
      return all;
    }
    var matchers = new ArrayList<TagMatcher>();
    return add(condition, tagOf, matchers) ? List.of(matchers) : null;
  }

  private static List<Expr> negated(List<Expr> conditions) {
    return conditions.stream().<Expr>map(Expr.Not::new).toList();
  }

  private static List<List<TagMatcher>> combinations(
      List<List<TagMatcher>> some, List<List<TagMatcher>> others) {
    List<List<TagMatcher>> combined = new ArrayList<>();
    for (List<TagMatcher> a : some) {
      for (List<TagMatcher> b : others) {
        var both = new ArrayList<>(a);
        both.addAll(b);
        combined.add(both);
      }
    }
    return combined;
  }

  private static boolean add(
      Expr condition, Function<Expr.Column, @Nullable String> tagOf, List<TagMatcher> matchers) {
    if (condition instanceof Expr.And and) {
      var found = new ArrayList<TagMatcher>();
      if (!and.conditions().stream().allMatch(inner -> add(inner, tagOf, found))) {
        return false;
      }
      matchers.addAll(found);
      return true;
    }
    boolean negated = condition instanceof Expr.Not;
    Expr positive = condition instanceof Expr.Not not ? not.condition() : condition;
    if (positive instanceof Expr.IsNull isNull) {
      String tag = tag(isNull.operand(), tagOf);
      return tag != null
          && matchers.add(
              new TagMatcher(tag, negated ? TagMatcher.Op.NOT_EQUAL : TagMatcher.Op.EQUAL, ""));
    }
    TagMatcher matcher = matcher(positive, negated, tagOf);
    if (matcher == null) {
      return false;
    }
    matchers.add(matcher);
    // A condition on the value of a tag that is NULL does not hold.
    matchers.add(new TagMatcher(matcher.name(), TagMatcher.Op.NOT_EQUAL, ""));
    return true;
  }

  private static @Nullable TagMatcher matcher(
      Expr condition, boolean negated, Function<Expr.Column, @Nullable String> tagOf) {
    if (condition instanceof Expr.Comparison comparison) {
      boolean equal = comparison.operation() == BinaryOperation.EQUAL;
      if (!equal && comparison.operation() != BinaryOperation.NOT_EQUAL) {
        return null;
      }
      Expr text = comparison.right() instanceof Expr.Text ? comparison.right() : comparison.left();
      String tag = tag(text == comparison.right() ? comparison.left() : comparison.right(), tagOf);
      return tag == null || !(text instanceof Expr.Text constant)
          ? null
          : new TagMatcher(
              tag,
              equal == negated ? TagMatcher.Op.NOT_EQUAL : TagMatcher.Op.EQUAL,
              constant.value());
    }
    if (condition instanceof Expr.Matches matches) {
      String tag = tag(matches.operand(), tagOf);
      return tag == null ? null : regex(tag, negated, matches.pattern());
    }
    if (condition instanceof Expr.OneOf oneOf) {
      String tag = tag(oneOf.operand(), tagOf);
      if (tag == null || !oneOf.values().stream().allMatch(value -> value instanceof Expr.Text)) {
        return null;
      }
      String pattern = oneOf.values().stream()
          .map(value -> Pattern.quote(((Expr.Text) value).value()))
          .collect(Collectors.joining("|"));
      return pattern.length() > PATTERN_LENGTH_MAX ? null : regex(tag, negated, pattern);
    }
    return null;
  }

  private static TagMatcher regex(String tag, boolean negated, String pattern) {
    return new TagMatcher(tag, negated ? TagMatcher.Op.NOT_REGEX : TagMatcher.Op.REGEX, pattern);
  }

  private static @Nullable String tag(
      Expr expression, Function<Expr.Column, @Nullable String> tagOf) {
    return expression instanceof Expr.Column column ? tagOf.apply(column) : null;
  }
}
