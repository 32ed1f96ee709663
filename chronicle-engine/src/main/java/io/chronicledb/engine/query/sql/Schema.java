package io.chronicledb.engine.query.sql;

import java.util.Collection;
import java.util.List;

/** What is stored, as far as the names of a statement need it. For one thread. */
public interface Schema {

  boolean hasMetric(String metric);

  /**
   * The fields with which points of a measurement came, but for {@code value}, as far as their metrics exist; in no particular order. None where
   * points came without fields.
   */
  Collection<String> fields(String measurement);

  /** All metrics, in no particular order. */
  Collection<String> metrics();

  /** Whether some series of one of the metrics has the tag. */
  boolean hasTag(Collection<String> metrics, String tag);

  /** The tags of the series of some metrics, by name, each once; {@code metric} is none. */
  List<String> tags(Collection<String> metrics);
}
