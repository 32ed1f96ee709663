/**
 * The write-ahead log: a directory of segments beside the data file, format version 1, little-endian.
 *
 * <pre>
 * segment  file "0000000001.wal", numbered without gaps while it grows
 *          │ magic "CHRWAL1" │ version u8 = 1 │ database id 16 B │ segment number u64 │ first sequence u64 │ crc32c u32 │ record*
 *
 * record   │ len u32 │ crc32c u32 │ type u8 │ seq u64 │ durableSeq u64 │ payload[len] │
 *          The crc covers len, type, seq, durableSeq, database id, segment number and payload, so a record that was copied into another
 *          segment or database does not pass. durableSeq is the highest sequence known to be synced when the record was written.
 *
 * batch    type 1: the points of one write
 *          │ series uvarint │ ( id uvarint │ key length uvarint │ key )* │ points uvarint │ run*
 * run      │ id Δ varint │ points uvarint │ ( timestamp Δ varint │ value f64 )* │
 *          A series' id means something within its segment only: its first use there carries its key (the bytes of {@link
 *          io.chronicledb.engine.model.SeriesKey}). Δ counts from the point before, over runs, starting at 0.
 *
 * batch    type 3: the same with native histograms among the points
 * run      │ id Δ varint │ 2 * points + kind uvarint │ point* │
 * point    kind 0: │ timestamp Δ varint │ value f64 │   kind 1: │ timestamp Δ varint │ histogram │, drawn in
 *          {@link io.chronicledb.engine.wal.WalHistogram}. A batch without histograms is of type 1.
 *
 * deletion type 2: hides all points with lower sequences, of the series that all matchers match (none: of every series), within a range
 *          │ range start varint │ range end - start uvarint │ matchers uvarint │ ( op u8 │ name length uvarint │ name │
 *          │ value length uvarint │ value )* │
 *          op: 0 =, 1 !=, 2 =~, 3 !~
 *
 * exemplars type 4: the exemplars of one write, which has its points in the record before
 *          │ series uvarint │ ( id uvarint │ key length uvarint │ key )* │ exemplars uvarint │ exemplar* │
 * exemplar │ series id Δ varint │ timestamp Δ varint │ value f64 │ labels length uvarint │ labels │
 *          The series part is as in a batch; labels are drawn in {@link io.chronicledb.engine.model.ExemplarLabels}.
 *
 * metadata type 5: what has become known of metrics and measurements
 *          │ changes uvarint │ change* │ as drawn in {@link io.chronicledb.engine.metadata}
 * </pre>
 *
 * Sequences rise by one from record to record. <b>Damage.</b> Where a record does not check out, and its sequence is at or below the highest
 * durableSeq seen, in records behind it too, or below the first sequence of a later segment, it was durable once: its sequences are
 * reported as lost, and reading goes on at the next sound record. Otherwise it is the torn tail of a crash: the segment ends there, and what
 * lies behind is not read.
 *
 * <p>A segment whose header is damaged is read by the number in its file's name, which the checksum of its records covers; it starts with its
 * first sound record, and what lies between the segment before and that record is lost.
 *
 * <p>A segment and its name in the directory are synced before the next one gets its first byte, so only the last segment can be torn. An
 * unknown type or version means a newer writer: opening is refused.
 *
 * <p>Golden files: {@code src/test/resources/formats/wal-v1/}.
 */
@NullMarked
package io.chronicledb.engine.wal;

import org.jspecify.annotations.NullMarked;
