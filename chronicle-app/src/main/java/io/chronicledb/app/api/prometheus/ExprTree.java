package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.Millis;
import io.chronicledb.app.wire.NumberText;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.query.promql.PromQlExpr;
import io.chronicledb.engine.query.promql.PromQlExpr.Aggregate;
import io.chronicledb.engine.query.promql.PromQlExpr.Binary;
import io.chronicledb.engine.query.promql.PromQlExpr.Call;
import io.chronicledb.engine.query.promql.PromQlExpr.NumberLiteral;
import io.chronicledb.engine.query.promql.PromQlExpr.Paren;
import io.chronicledb.engine.query.promql.PromQlExpr.RangeSelector;
import io.chronicledb.engine.query.promql.PromQlExpr.Reach;
import io.chronicledb.engine.query.promql.PromQlExpr.StringLiteral;
import io.chronicledb.engine.query.promql.PromQlExpr.Subquery;
import io.chronicledb.engine.query.promql.PromQlExpr.Unary;
import io.chronicledb.engine.query.promql.PromQlExpr.VectorSelector;
import io.chronicledb.engine.query.promql.PromQlFunction;
import io.chronicledb.engine.query.promql.TimeModifiers;
import io.chronicledb.engine.query.promql.TimeModifiers.Anchor;
import io.chronicledb.engine.query.promql.ValueType;
import io.chronicledb.engine.query.promql.VectorMatching;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A syntax tree as {@code parse_query} shows it: one object for each expression, its members sorted by name, durations in milliseconds. What
 * does not apply is null, and a duration that depends on the query's step is 0.
 */
final class ExprTree implements PromQlExpr.Visitor<Map<String, @Nullable Object>> {

  private ExprTree() {}

  /** Made of maps, lists, texts, numbers, booleans and nulls. */
  static Map<String, @Nullable Object> of(PromQlExpr expr) {
    return expr.accept(new ExprTree());
  }

  private static Map<String, @Nullable Object> node(String type) {
    var node = new TreeMap<String, @Nullable Object>();
    node.put("type", type);
    return node;
  }

  private @Nullable Object child(@Nullable PromQlExpr expr) {
    return expr == null ? null : expr.accept(this);
  }

  @Override
  public Map<String, @Nullable Object> visitNumberLiteral(NumberLiteral literal) {
    Map<String, @Nullable Object> node = node("numberLiteral");
    node.put("val", NumberText.plain(literal.value()));
    return node;
  }

  @Override
  public Map<String, @Nullable Object> visitStringLiteral(StringLiteral literal) {
    Map<String, @Nullable Object> node = node("stringLiteral");
    node.put("val", literal.value());
    return node;
  }

  @Override
  public Map<String, @Nullable Object> visitVectorSelector(VectorSelector selector) {
    return selector(node("vectorSelector"), selector);
  }

  @Override
  public Map<String, @Nullable Object> visitRangeSelector(RangeSelector range) {
    Map<String, @Nullable Object> node = selector(node("matrixSelector"), range.selector());
    node.put("range", millis(range.range().nanos()));
    return node;
  }

  private static Map<String, @Nullable Object> selector(
      Map<String, @Nullable Object> node, VectorSelector selector) {
    node.put("name", selector.metric() == null ? "" : selector.metric());
    node.put(
        "matchers",
        selector.written().matchers().stream().map(ExprTree::matcher).toList());
    node.put("anchored", selector.reach() == Reach.ANCHORED);
    node.put("smoothed", selector.reach() == Reach.SMOOTHED);
    return modified(node, selector.modifiers());
  }

  private static Map<String, Object> matcher(TagMatcher matcher) {
    return new TreeMap<>(
        Map.of("name", matcher.name(), "type", matcher.op().symbol(), "value", matcher.value()));
  }

  private static Map<String, @Nullable Object> modified(
      Map<String, @Nullable Object> node, TimeModifiers modifiers) {
    TimeModifiers.At at = modifiers.at();
    boolean fixed = at != null && at.anchor() == Anchor.TIMESTAMP;
    node.put("timestamp", at != null && fixed ? (Object) at.timestampMillis() : null);
    node.put(
        "startOrEnd", at == null || fixed ? null : at.anchor().name().toLowerCase(Locale.ROOT));
    node.put("offset", millis(modifiers.offset().nanos()));
    return node;
  }

  @Override
  public Map<String, @Nullable Object> visitSubquery(Subquery subquery) {
    Map<String, @Nullable Object> node = modified(node("subquery"), subquery.modifiers());
    node.put("expr", child(subquery.expr()));
    node.put("range", millis(subquery.range().nanos()));
    node.put("step", millis(subquery.stepNanos()));
    node.put("alignEvalTime", false);
    return node;
  }

  @Override
  public Map<String, @Nullable Object> visitUnary(Unary unary) {
    Map<String, @Nullable Object> node = node("unaryExpr");
    node.put("op", unary.op().symbol());
    node.put("expr", child(unary.expr()));
    return node;
  }

  @Override
  public Map<String, @Nullable Object> visitBinary(Binary binary) {
    Map<String, @Nullable Object> node = node("binaryExpr");
    node.put("op", binary.op().symbol());
    node.put("bool", binary.returnBool());
    node.put("lhs", child(binary.lhs()));
    node.put("rhs", child(binary.rhs()));
    node.put("matching", binary.matching() == null ? null : matching(binary.matching()));
    return node;
  }

  private static Map<String, @Nullable Object> matching(VectorMatching matching) {
    var fill = new TreeMap<String, @Nullable Object>();
    fill.put("lhs", matching.fillLeft());
    fill.put("rhs", matching.fillRight());
    var node = new TreeMap<String, @Nullable Object>();
    node.put("card", matching.cardinality().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    node.put("labels", matching.labels());
    node.put("on", matching.on());
    node.put("include", matching.include());
    node.put("fillValues", fill);
    return node;
  }

  @Override
  public Map<String, @Nullable Object> visitAggregate(Aggregate aggregate) {
    Map<String, @Nullable Object> node = node("aggregation");
    node.put("op", aggregate.op().symbol());
    node.put("expr", child(aggregate.expr()));
    node.put("param", child(aggregate.parameter()));
    node.put("grouping", aggregate.grouping());
    node.put("without", aggregate.without());
    return node;
  }

  @Override
  public Map<String, @Nullable Object> visitCall(Call call) {
    PromQlFunction function = call.function();
    Map<String, @Nullable Object> node = node("call");
    node.put("args", call.arguments().stream().map(this::child).toList());
    node.put(
        "func",
        new TreeMap<>(Map.of(
            "name",
            function.functionName(),
            "argTypes",
            wireNames(function.signature()),
            "variadic",
            function.variadic(),
            "returnType",
            function.returnType().wireName())));
    return node;
  }

  private static List<String> wireNames(List<ValueType> types) {
    return types.stream().map(ValueType::wireName).toList();
  }

  @Override
  public Map<String, @Nullable Object> visitParen(Paren paren) {
    Map<String, @Nullable Object> node = node("parenExpr");
    node.put("expr", child(paren.expr()));
    return node;
  }

  private static long millis(long nanos) {
    return nanos / Millis.NANOS;
  }
}
