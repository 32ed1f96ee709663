/**
 * The algebra that both languages compile to. Series nodes yield series on a grid of instants; table nodes yield rows.
 *
 * <p>The windows of PromQL's range selectors and SQL's buckets are one node, {@link io.chronicledb.engine.query.plan.PlanNode.Window}: at each
 * instant, the samples from {@code instant + from} up to and without {@code instant + to}. PromQL's ranges are open at the left and closed
 * at the right, which on whole nanoseconds is the same as both bounds one later.
 */
@NullMarked
package io.chronicledb.engine.query.plan;

import org.jspecify.annotations.NullMarked;
