/**
 * Time in the data file: partitions are windows of time, each with the blocks that hold its samples, and {@link
 * io.chronicledb.engine.partition.Partitions} is where they change.
 *
 * <p>A root's deletions, version 1: one block of kind 4, rewritten where they change.
 *
 * <pre>
 * │ magic "CHRTMB" │ version u16 = 1 │ count uvarint │ tombstone* │
 * tombstone │ sequence uvarint │ range start varint │ range end - start uvarint │ series u8 = 0 (all) │
 *           │ or series u8 = 1 │ length uvarint │ ids: a RoaringBitmap in its portable serialization │
 * </pre>
 *
 * A tombstone hides the points of its series within its range in blocks whose last sequence is lower than its own.
 */
@NullMarked
package io.chronicledb.engine.partition;

import org.jspecify.annotations.NullMarked;
