/**
 * Inside one block, and the merge of sorted runs.
 *
 * <p>A data block, version 2, or 3 where it has native histograms. Integers are little-endian; <i>uvarint</i> and <i>varint</i> as in {@link
 * io.chronicledb.engine.bytes.ByteWriter}. Offsets count from the first byte of the block. Written by {@link
 * io.chronicledb.engine.block.BlockWriter}, read by {@link io.chronicledb.engine.block.Block}. Golden file: {@code
 * src/test/resources/formats/block-v2/} and {@code block-v3/}.
 *
 * <pre>
 * header, 108 bytes
 * │ magic "CHRBLK" │ version u16 │ window start i64 │ window end i64 │ min time i64 │ max time i64 │
 * │ first sequence u64 │ last sequence u64 │ samples u64 │ first order u64 │ last order u64 │ chunks u32 │ series u32 │
 * │ pages offset u32 │ page index offset u32 │ page index length u32 │ page index crc32c u32 │ header crc32c u32 │
 *
 * chunks, from byte 108 on, in the order of the directory; each one series, 1 to 4096 samples
 * │ columns: the format of {@link io.chronicledb.engine.codec} │ crc32c u32 over the columns │
 * Samples of a chunk are of one kind, doubles or histograms.
 *
 * directory pages: metrics ascending, in each its series ascending, in each its chunks ascending in time; a page ends after the series
 * with which it reaches 8 KiB
 * │ series* │ crc32c u32 over all before │
 * series      │ metric id Δ uvarint │ series id uvarint │ chunks uvarint │ chunk entry* │
 *             The metric id counts from the series before, in a page's first series from that of the page index (hence 0 there). Where it
 *             is 0, the series id counts in the same way; otherwise it is the id itself.
 * chunk entry │ form u8 │ min time uvarint │ max - min time uvarint │ samples uvarint │ length uvarint (with crc) │ statistics │
 *             The min time counts from the chunk before of the series, from its max time; in the first from the window's start.
 * form        bits 0–1: unit of the two times (0 ns, 1 µs, 2 ms, 3 s)
 *             bits 2–3: form of the statistics   bit 4: some value is NaN or a stale marker
 *             bit 5: a chunk of histograms, drawn in {@link io.chronicledb.engine.codec.HistogramChunkEncoder}; bit 4 is set, bits 2-3 are 0
 *             other bits: 0
 * statistics  0 none: all are NaN, or histograms nothing follows
 *             1 constant                         │ value f64 │, the sum is value × samples
 *             2 decimals, of n = value × 10^e    │ e u8, bit 7: the sum is an f64 │ min n varint │ max n - min n uvarint │
 *                                                │ first n - min n uvarint │ last n - min n uvarint │ sum n varint, or sum f64 │
 *             3 raw                              │ min f64 │ max f64 │ sum f64 │ first f64 │ last f64 │
 *             NaN and stale markers are left out of all of them.
 *
 * page index
 * │ pages uvarint │ ( first metric id Δ uvarint │ first series id uvarint │ series uvarint │ chunks uvarint │
 * │ page length uvarint (with crc) │ bytes of its chunks uvarint )* │
 * </pre>
 *
 * A series' <i>order</i> is its metric's id in the upper, its own id in the lower 32 bits. The first page follows the last chunk, the page
 * index the last page. A block holds all points of its sequences within its window and its stretch of series; deletions up to its last
 * sequence have been applied to it.
 *
 * <p>A reader takes header and page index, then the pages and chunks that it needs. Statistics stand in for a chunk's samples only where
 * bit 4 is not set, the chunk lies wholly in the range that is asked for, and nothing newer reaches into it.
 */
@NullMarked
package io.chronicledb.engine.block;

import org.jspecify.annotations.NullMarked;
