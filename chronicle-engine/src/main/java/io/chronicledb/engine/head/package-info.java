/**
 * What the data file does not have yet, in memory and readable: the write buffer, which takes points in log order, and immutable, sorted
 * memory blocks.
 *
 * <p><b>Order and visibility.</b> Batches enter the {@linkplain io.chronicledb.engine.head.WriteBuffer buffer} in the order of their
 * sequences, each lies in one buffer as a whole, and a batch becomes visible when the buffer's published row count moves past it. So the
 * place of a row is its order: among equal series and timestamps the later row wins, and no sequence per row is needed. A reader takes one
 * {@link io.chronicledb.engine.head.HeadSnapshot}: the buffer up to its published count, the memory blocks, and the catalogue of the data
 * file. Sealing, merging and flushing each replace the snapshot in one step, so a reader never sees half a batch, a row twice, or a row
 * vanish. The buffer goes on filling up in a snapshot that a reader has just begun to take, so whatever changes what the rows before mean, a
 * deletion, comes with a buffer of its own.
 *
 * <p><b>Exemplars</b> of a batch become visible right after its points, and need no such care: a reader takes those in memory, then the
 * catalogue, and of the ones in memory counts what lies above the catalogue's checkpoint. <b>Metadata</b> is one map for all readers.
 */
@NullMarked
package io.chronicledb.engine.head;

import org.jspecify.annotations.NullMarked;
