/**
 * Runs plans. Series operators pull one series at a time, as a column over the grid of the query; table operators fill columns of rows.
 * Every loop over stored samples passes the {@link io.chronicledb.engine.query.exec.ExecutionContext}, which ends a query that is over its
 * budget or its time.
 */
@NullMarked
package io.chronicledb.engine.query.exec;

import org.jspecify.annotations.NullMarked;
