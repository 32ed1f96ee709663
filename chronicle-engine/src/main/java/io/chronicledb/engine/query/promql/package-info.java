/**
 * The PromQL front end: the whole language of Prometheus 3, from text to a plan.
 *
 * <pre>
 * text ──PromQl.g4──▶ tokens ──limits──▶ parse tree ──types──▶ {@link PromQlExpr} ──▶ plan
 * </pre>
 *
 * The grammar accepts the shape of a query and the tree is checked while it is built, so that whoever holds a {@code PromQlExpr}
 * from {@link PromQlParser} holds a well-typed query. Nesting and operators are counted on the tokens, before anything recurses.
 * Types of the generated parser stay inside of this package. What Prometheus keeps behind feature flags is accepted: experimental
 * functions and aggregations, and arithmetic of constant durations; {@code fill}, {@code anchored}, {@code smoothed}, {@code
 * step()} and {@code range()} as durations are understood and refused as unsupported.
 */
@NullMarked
package io.chronicledb.engine.query.promql;

import org.jspecify.annotations.NullMarked;
