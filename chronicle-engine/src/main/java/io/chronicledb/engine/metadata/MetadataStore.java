package io.chronicledb.engine.metadata;

import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All metadata, in memory. One thread at a time changes it; any thread reads.
 *
 * <p>What is known already changes nothing and need not be logged: senders repeat their metadata every minute, and fields with every point. For
 * new names there is room up to a limit, since a sender could invent them without end.
 */
public final class MetadataStore {

  private static final int METRIC_BYTES = 200;
  private static final int MEASUREMENT_BYTES = 400;
  private static final int FIELD_BYTES = 120;

  private final ConcurrentMap<String, MetricMetadata> metrics = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, ConcurrentSkipListSet<String>> fields =
      new ConcurrentHashMap<>();
  private volatile long memoryBytes;
  private volatile LongSupplier limitBytes = () -> Long.MAX_VALUE;
  private volatile long lastSequence;
  private volatile long storedSequence;

  /**
   * All of it at one moment.
   *
   * @param sequence of the last record of the log that is in it
   */
  public record Snapshot(long sequence, List<MetadataChange> all) {}

  /** Sets how many bytes may be taken, asked again for each new name. Without it there is no limit. */
  public void limitBytes(LongSupplier limit) {
    limitBytes = limit;
  }

  /** Whether a change would change something. */
  public boolean isNew(MetadataChange change) {
    if (change instanceof MetadataChange.OfMetric metric) {
      return !metric.metadata().equals(metrics.get(metric.metric()));
    }
    var field = (MetadataChange.Field) change;
    SortedSet<String> known = fields.get(field.measurement());
    return known == null || !known.contains(field.field());
  }

  /** Whether there is room for a change. */
  public boolean hasRoomFor(MetadataChange change) {
    long more = bytes(change);
    if (change instanceof MetadataChange.OfMetric metric) {
      MetricMetadata before = metrics.get(metric.metric());
      more -= before == null ? 0 : bytes(new MetadataChange.OfMetric(metric.metric(), before));
    }
    return more <= 0 || memoryBytes + more <= limitBytes.getAsLong();
  }

  private long bytes(MetadataChange change) {
    if (change instanceof MetadataChange.OfMetric metric) {
      return METRIC_BYTES
          + 2L
              * (metric.metric().length()
                  + metric.metadata().help().length()
                  + metric.metadata().unit().length());
    }
    var field = (MetadataChange.Field) change;
    boolean first = !fields.containsKey(field.measurement());
    return FIELD_BYTES
        + 2L * field.field().length()
        + (first ? MEASUREMENT_BYTES + 2L * field.measurement().length() : 0);
  }

  /** Takes a block's entries, before the log is read. */
  public void load(MetadataChange change) {
    enter(change);
  }

  /** Enters what a record of the log holds; sequences rise from call to call. */
  public void apply(long sequence, List<MetadataChange> changes) {
    changes.forEach(this::enter);
    lastSequence = sequence;
  }

  private void enter(MetadataChange change) {
    if (change instanceof MetadataChange.OfMetric metric) {
      MetricMetadata before = metrics.put(metric.metric(), metric.metadata());
      long freed = before == null ? 0 : bytes(new MetadataChange.OfMetric(metric.metric(), before));
      memoryBytes += bytes(change) - freed;
    } else if (change instanceof MetadataChange.Field field && isNew(change)) {
      memoryBytes += bytes(change);
      fields
          .computeIfAbsent(field.measurement(), name -> new ConcurrentSkipListSet<>(Tags.ORDER))
          .add(field.field());
    }
  }

  /** Metadata by metric, sorted by name. */
  public Map<String, MetricMetadata> metrics() {
    var sorted = new TreeMap<String, MetricMetadata>(Tags.ORDER);
    sorted.putAll(metrics);
    return sorted;
  }

  /** What is known of one metric; null for nothing. */
  public @Nullable MetricMetadata metric(String metric) {
    return metrics.get(metric);
  }

  /** The fields with which points of a measurement came, by name; none where no points came with fields. */
  public List<String> fields(String measurement) {
    SortedSet<String> known = fields.get(measurement);
    return known == null ? List.of() : List.copyOf(known);
  }

  /** Measurements whose fields are known, in no particular order. */
  public List<String> measurements() {
    return List.copyOf(fields.keySet());
  }

  /** All of it, where storage does not have it yet; else null. Called by the thread that may change it. */
  public @Nullable Snapshot unstored() {
    if (!isChanged()) {
      return null;
    }
    var all = new ArrayList<MetadataChange>();
    metrics().forEach((metric, known) -> all.add(new MetadataChange.OfMetric(metric, known)));
    var sorted = new TreeMap<String, ConcurrentSkipListSet<String>>(Tags.ORDER);
    sorted.putAll(fields);
    sorted.forEach((measurement, names) ->
        names.forEach(name -> all.add(new MetadataChange.Field(measurement, name))));
    return new Snapshot(lastSequence, all);
  }

  /** Takes note that storage has a snapshot. */
  public void stored(Snapshot snapshot) {
    storedSequence = snapshot.sequence();
  }

  /** Whether there is something that storage does not have. */
  public boolean isChanged() {
    return lastSequence > storedSequence;
  }

  /** Sequence of the last change; 0 where there was none since opening. */
  public long lastSequence() {
    return lastSequence;
  }

  public long memoryBytes() {
    return memoryBytes;
  }
}
