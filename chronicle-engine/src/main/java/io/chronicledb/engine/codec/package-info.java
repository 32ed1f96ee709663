/**
 * Chunks as bytes. {@link io.chronicledb.engine.codec.ChunkEncoder} looks at the two columns of a chunk, picks the smallest of the
 * encodings below and writes it; {@link io.chronicledb.engine.codec.ChunkDecoder} reads it in loops over primitives. A layout is
 * drawn in the class that writes it. Every column begins with the id of its encoding, so a released layout is never edited: a better
 * one gets a new id.
 *
 * <pre>
 * timestamps, {@link io.chronicledb.engine.codec.TimestampEncoder}
 *   1  constant step
 *   2  instants in their common unit
 *   3  distances to a straight line, in their common unit
 * values, {@link io.chronicledb.engine.codec.ValueEncoder}
 *   1  constant
 *   2  decimals as integers
 *   3  binary fractions as integers
 *   4  bits of doubles as integers
 *   5  dictionary of bit patterns, and indexes into it
 *   6  XOR with the value before, {@link io.chronicledb.engine.codec.XorCodec}
 *   7  raw
 * integers, {@link io.chronicledb.engine.codec.IntegerEncoder}: one of the predictors of
 * {@link io.chronicledb.engine.codec.Predictor} and
 *   0  a constant residual
 *   1  packed residuals, {@link io.chronicledb.engine.codec.IntegerPacking}
 *   2  entropy coded residuals, {@link io.chronicledb.engine.codec.EntropyEncoder}; cold chunks only
 * histograms, {@link io.chronicledb.engine.codec.HistogramChunkEncoder} and {@link
 * io.chronicledb.engine.codec.HistogramChunkDecoder}: chunks of their own, of timestamps and
 *   1  sums as values, counts and buckets in columns of integers or values
 * byte compressor over both columns
 *   0  none
 *   1  Snappy
 *   2  Zstandard; only where it is switched on
 * </pre>
 */
@NullMarked
package io.chronicledb.engine.codec;

import org.jspecify.annotations.NullMarked;
