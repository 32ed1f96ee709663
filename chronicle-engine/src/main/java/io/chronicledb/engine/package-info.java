/**
 * Chronicle's engine: a time-series database for use inside a process. {@link io.chronicledb.engine.ChronicleDatabase} is the door.
 *
 * <p><b>The way of a write</b>
 *
 * <ol>
 *   <li>{@link io.chronicledb.engine.write.PointBatch}: points in columns, series as canonical bytes
 *   <li>{@link io.chronicledb.engine.write.WritePath}: resolves series, queues; one leader commits for all who wait
 *   <li>{@link io.chronicledb.engine.index.SeriesRegistry}: bytes of a series to its id
 *   <li>{@link io.chronicledb.engine.wal.WriteAheadLog}: the batch survives from here
 *   <li>{@link io.chronicledb.engine.head.Head}: the batch is visible from here
 *   <li>{@link io.chronicledb.engine.write.HeadFlusher}, later: merges what is in memory
 *   <li>{@link io.chronicledb.engine.partition.PartitionWriter}: one block for each window of time
 *   <li>{@link io.chronicledb.engine.block.BlockWriter} with {@link io.chronicledb.engine.codec}: chunks and their directory
 *   <li>{@link io.chronicledb.engine.backend.StorageBackend}: stores blocks, swaps the root; the log lets go of its segments
 * </ol>
 *
 * <p><b>The way of a query</b>
 *
 * <ol>
 *   <li>{@link io.chronicledb.engine.query.QueryEngine}: text in, typed results out, within limits
 *   <li>{@link io.chronicledb.engine.query.sql} or {@link io.chronicledb.engine.query.promql}: text to syntax tree to plan
 *   <li>{@link io.chronicledb.engine.query.plan.PlanNode}: the algebra of both languages
 *   <li>{@link io.chronicledb.engine.query.optimize}: plans that do less and answer the same
 *   <li>{@link io.chronicledb.engine.query.exec}: operators over columns, with {@link io.chronicledb.engine.query.function}
 *   <li>{@link io.chronicledb.engine.read.ReadView}: one moment of memory and storage together
 *   <li>{@link io.chronicledb.engine.index.SeriesRegistry}: matchers to postings
 *   <li>{@link io.chronicledb.engine.read.SeriesCursor}: merges the runs of {@code head} and {@code partition}
 *   <li>{@link io.chronicledb.engine.block.Block}: decodes chunks into columns
 * </ol>
 *
 * <p>{@linkplain io.chronicledb.engine.exemplar Exemplars} and {@linkplain io.chronicledb.engine.metadata metadata} go the same ways beside
 * the points, as records and blocks of their own.
 *
 * <p>Opening puts the two together again: {@link io.chronicledb.engine.recovery.Recovery}. {@link io.chronicledb.engine.integrity} checks what
 * is stored.
 */
@NullMarked
package io.chronicledb.engine;

import org.jspecify.annotations.NullMarked;
