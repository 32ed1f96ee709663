/**
 * Inside one block, and the merge of sorted runs.
 *
 * <p>A data block, version 2. Integers are little-endian; <i>uvarint</i> and <i>varint</i> as in {@link
 * io.chronicledb.engine.bytes.ByteWriter}. Offsets count from the first byte of the block. Written by {@link
 * io.chronicledb.engine.block.BlockWriter}, read by {@link io.chronicledb.engine.block.Block}. Golden file: {@code
 * src/test/resources/formats/block-v2/}.
 *
 * <pre>
 * header, 88 bytes
 * │ magic "CHRBLK" │ version u16 = 2 │ window start i64 │ window end i64 │ min time i64 │ max time i64 │
 * │ first sequence u64 │ last sequence u64 │ samples u64 │ chunks u32 │ series u32 │
 * │ directory offset u32 │ directory length u32 │ directory crc32c u32 │ header crc32c u32 │
 *
 * chunk, in the order of the directory: one series, 1 to 2048 samples
 * │ timestamps' length uvarint │ timestamps │ values │ crc32c u32 over all before │
 *
 * directory: metrics ascending, in each its series ascending, in each its chunks ascending in time
 * │ metrics uvarint │ metric*
 * metric  │ metric id Δ uvarint │ series uvarint │ series*
 * series  │ series id Δ uvarint │ chunks uvarint │ chunk entry*
 * chunk entry
 * │ min time uvarint (above the window's start, then above the previous chunk's max time) │ max - min uvarint │
 * │ samples uvarint │ length uvarint (with crc) │ timestamp codec u8 │ value codec u8 │ flags u8 │ min f64 │ max f64 │
 * </pre>
 *
 * Series ids restart their Δ with each metric. Flags: bit 0, some value is NaN or a stale marker; min and max leave those out, and are
 * both NaN where nothing else is there. The first chunk follows the header; each other one the chunk before it.
 */
@NullMarked
package io.chronicledb.engine.block;

import org.jspecify.annotations.NullMarked;
