/**
 * The algebra that both languages compile to. Series nodes yield series on a grid of instants; {@linkplain
 * io.chronicledb.engine.query.plan.TableNode table nodes} yield rows, whose columns {@linkplain io.chronicledb.engine.query.plan.Expr expressions} are over.
 *
 * <p>PromQL's range selectors are {@link io.chronicledb.engine.query.plan.PlanNode.Window}: at each instant, the samples from {@code instant +
 * from} up to and without {@code instant + to}; PromQL's ranges are open at the left and closed at the right, which on whole nanoseconds is the same as both bounds
 * one later. SQL's buckets are {@link io.chronicledb.engine.query.plan.TableNode.Groups}. What is computed of the samples of one series in a window or a
 * bucket is the same {@link io.chronicledb.engine.query.function.WindowFunction}.
 */
@NullMarked
package io.chronicledb.engine.query.plan;

import org.jspecify.annotations.NullMarked;
