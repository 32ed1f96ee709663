/**
 * The single data file, format version 2. Integers are little-endian. Everything starts on a page of 4096 bytes; what is left of a page
 * is zero or stale and means nothing.
 *
 * <pre>
 * page 0   file header
 *          │ magic "CHRDB1" │ version u16 = 2 │ database id 16 B │ created i64 ns │ crc32c u32 │
 * page 1   root slot A
 * page 2   root slot B
 *          │ magic "CHRROOT1" │ generation u64 │ footer offset u64 │ crc32c u32 │
 * page 3…  blocks, anywhere, and for each generation one index block with its footer
 *
 * block    │ magic "CHRB" │ crc32c u32 │ kind u8 │ version u8 = 2 │ zero u16 │ length u32 │ database id 16 B │ block id u64 │
 *          │ generation u64 │ first sequence u64 │ last sequence u64 │ replaced u32, at most 503 │ replaced block id u64* │ payload[length] │
 *          The crc covers everything after itself.
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
 * does not use, syncs. So at every moment one slot names a generation that is whole. Space is used again only when neither slot's
 * generation refers to it, hence a damaged newest root costs nothing but the replay of the WAL from the older root's checkpoint.
 *
 * <p>Opening takes the valid slot with the higher generation whose footer and index check out. A new file is completed under a
 * temporary name and renamed, so a half-made one is never found.
 *
 * <p>Golden files: {@code src/test/resources/formats/datafile-v2/}.
 */
@NullMarked
package io.chronicledb.engine.backend.datafile;

import org.jspecify.annotations.NullMarked;
