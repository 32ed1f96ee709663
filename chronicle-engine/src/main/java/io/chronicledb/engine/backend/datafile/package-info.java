/**
 * The single data file, format version 2. Integers are little-endian. Everything starts on a page of 4096 bytes; what is left of a page
 * is zero or stale and means nothing.
 *
 * <pre>
 * page 0   file header
 *          │ magic "CHRDB1" │ version u16 = 2 │ database id 16 B │ created i64 ns │ crc32c u32 │
 *          at byte 2048 │ "CHRCLEAN" once it was closed in order, with nothing in free pages that looks like a block │
 * page 1   root slot A
 * page 2   root slot B
 *          │ magic "CHRROOT1" │ generation u64 │ footer offset u64 │ crc32c u32 │
 * page 3…  blocks, anywhere, and for each generation one index block with its footer
 *
 * block    │ magic "CHRB" │ crc32c u32 │ kind u8 │ version u8 = 2 │ zero u16 │ length u32 │ database id 16 B │ block id u64 │
 *          │ generation u64 │ first sequence u64 │ last sequence u64 │ replaced u32, at most 65,535 │ replaced block id u64* │ payload[length] │
 *          The crc covers everything after itself. The magic of a block whose pages were given back is overwritten with zeros.
 *
 * index    the payload of a block of kind 3: a root
 *          │ generation uvarint │ checkpoint uvarint │ next block id uvarint │ blocks uvarint │ entry* │
 * entry    │ id Δ uvarint │ kind u8 │ page uvarint │ replaced uvarint │ length uvarint │ generation uvarint │ first sequence uvarint │
 *          │ last - first sequence uvarint │ window start varint │ window end - start uvarint │ min time varint │
 *          │ max - min time uvarint │ first order uvarint │ last - first order uvarint │ count uvarint │
 *
 * footer   directly behind the index block
 *          │ magic "CHRFTR1" │ zero u8 │ index offset u64 │ index length u32 (whole block) │ generation u64 │ crc32c u32 │
 * </pre>
 *
 * <b>Durability.</b> A commit writes the blocks, syncs, writes index and footer, syncs, writes the root slot that the newest generation
 * does not use, syncs. So at every moment one slot names a generation that is whole. Pages are given back only when neither slot's
 * generation has them, hence a damaged newest root costs nothing but the replay of the WAL from the older root's checkpoint; and only when
 * no reader has them: a query's {@linkplain io.chronicledb.engine.backend.Pins pin}, or another process that is listed as
 * <code>readers/&lt;generation&gt;-&lt;uuid&gt;.reader</code> beside the writer's lock and holds the lock on that file. {@link
 * io.chronicledb.engine.backend.datafile.FileSpace} has the rest of a page's life.
 *
 * <p><b>Opening</b> takes the valid slot with the higher generation whose footer and index check out and whose blocks lie within the file,
 * side by side. Where neither slot leads to one, every page is searched for the newest index with a sound footer whose blocks have sound
 * headers in their places. Where there is none either, {@link io.chronicledb.engine.backend.datafile.DamagedDataFile} is what a repair
 * starts from. A new file is completed under a temporary name and renamed, so a half-made one is never found.
 *
 * <p>Golden files: {@code src/test/resources/formats/datafile-v2/}.
 */
@NullMarked
package io.chronicledb.engine.backend.datafile;

import org.jspecify.annotations.NullMarked;
