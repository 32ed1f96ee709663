/**
 * Exemplars: {@linkplain io.chronicledb.engine.exemplar.ExemplarBuffer in memory} until a flush, then in {@linkplain
 * io.chronicledb.engine.exemplar.ExemplarBlocks blocks of their own}.
 *
 * <p><b>What a series has is a set</b> of exemplars, told apart by time, value and labels. So they are taken in any order, one that is sent or
 * replayed again changes nothing, and there need be no memory of the newest of each series: memory and blocks are united, and what is in both
 * counts once. A deletion hides exemplars as it hides samples, by its sequence.
 *
 * <p><b>Bound.</b> Of all series together a number of exemplars is kept, the newest by the time of their coming. Blocks are dropped whole, the
 * oldest first, as long as what is left is enough; a block holds an eighth of the bound at most, so storage holds at most that much more.
 *
 * <p><b>Blocks</b>, version 1: kind 5, each with the exemplars of a stretch of the log.
 *
 * <pre>
 * │ magic "CHREXM" │ crc32c u32 over all that follows │ version u16 = 1 │ packing u8: 0 none, 1 Snappy of all that follows │
 * │ exemplars uvarint │ exemplar* │
 * exemplar │ series id Δ uvarint │ timestamp Δ varint │ value f64 │ labels length uvarint │ labels │
 * </pre>
 *
 * Exemplars ascend by series id, timestamp, value and the bytes of their labels, and none is there twice; labels are drawn in {@link
 * io.chronicledb.engine.model.ExemplarLabels}. In the index, first and last order of such a block are plain series ids, and its count is that
 * of its exemplars. A block with a higher last sequence than a deletion's has had it applied.
 */
@NullMarked
package io.chronicledb.engine.exemplar;

import org.jspecify.annotations.NullMarked;
