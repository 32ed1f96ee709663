/**
 * What is known of metrics, type, help and unit, and of measurements, the fields with which their points came. All of it is {@linkplain
 * io.chronicledb.engine.metadata.MetadataStore in memory}; the newest write wins. A flush writes the whole anew where something has changed.
 *
 * <p>The block, version 1: one of kind 6.
 *
 * <pre>
 * │ magic "CHRMTD" │ crc32c u32 over all that follows │ version u16 = 1 │ packing u8: 0 none, 1 Snappy of all that follows │
 * │ changes uvarint │ change* │
 * change │ what u8 = 0: a metric      │ name │ type u8 │ help │ unit │
 *        │ what u8 = 1: a field       │ measurement │ name │
 * </pre>
 *
 * A text is its length as a uvarint and its UTF-8 bytes. Types are numbered in {@link io.chronicledb.engine.model.MetricType}. A change has the
 * same form in the log.
 */
@NullMarked
package io.chronicledb.engine.metadata;

import org.jspecify.annotations.NullMarked;
