package io.chronicledb.engine.metadata;

import io.chronicledb.engine.model.MetricMetadata;

/** Something that is now known of a metric or a measurement. */
public sealed interface MetadataChange {

  /** A metric's metadata, in the place of what was known before. */
  record OfMetric(String metric, MetricMetadata metadata) implements MetadataChange {}

  /** That points of a measurement came with a field: it is stored as the metric {@code measurement_field}, or {@code measurement} for {@code value}. */
  record Field(String measurement, String field) implements MetadataChange {}
}
