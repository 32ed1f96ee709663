/**
 * Runs plans. Series operators pull one series at a time, as a column over the grid of the query; table operators pull batches of rows in columns.
 *
 * <pre>
 * TableExecutor    ScanRows      rows of a scan by time: gathered by entity, put in order
 *   ScanReader     GroupRows     aggregates: BucketRun by entity and bucket → GroupedStates by group
 *     Entities     SliceRows     runs what is below for one range of time after the other
 *                  FillRows, ForecastRows, SortRows, TopRowsOf, ListingRows: what they are called
 * SeriesExecutor   WindowOperator, AggregateOperator, JoinOperator, …
 * </pre>
 *
 * {@link io.chronicledb.engine.query.exec.Morsels} lets several threads work on pieces of the entities. Every loop over stored samples passes the {@link
 * io.chronicledb.engine.query.exec.ExecutionContext}, which ends a query that is over its budget or its time, or cancelled.
 */
@NullMarked
package io.chronicledb.engine.query.exec;

import org.jspecify.annotations.NullMarked;
