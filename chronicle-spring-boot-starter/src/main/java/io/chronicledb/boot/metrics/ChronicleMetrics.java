package io.chronicledb.boot.metrics;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.DatabaseStatistics;
import io.chronicledb.engine.error.ChronicleException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The figures of a database as gauges {@code chronicle.*}. They are NaN once it is closed. */
public final class ChronicleMetrics implements MeterBinder {

  /** A scrape reads all gauges at once and should cost one look at the database. */
  private static final long REUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final ChronicleDatabase database;
  private volatile @Nullable Reading last;

  /** Figures and the monotonic time at which they were taken. */
  private record Reading(long nanos, DatabaseStatistics figures) {}

  public ChronicleMetrics(ChronicleDatabase database) {
    this.database = database;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(
        registry,
        "chronicle.series",
        null,
        "Series that were ever written",
        DatabaseStatistics::series);
    gauge(
        registry,
        "chronicle.head.points",
        null,
        "Points in memory that wait for a flush",
        DatabaseStatistics::headSamples);
    gauge(
        registry,
        "chronicle.partitions",
        null,
        "Windows of time in storage",
        DatabaseStatistics::partitions);
    gauge(registry, "chronicle.blocks", null, "Data blocks in storage", DatabaseStatistics::blocks);
    gauge(
        registry,
        "chronicle.storage.bytes",
        BaseUnits.BYTES,
        "Size of the storage",
        DatabaseStatistics::storageBytes);
    gauge(
        registry,
        "chronicle.wal.bytes",
        BaseUnits.BYTES,
        "Size of the write-ahead log",
        DatabaseStatistics::walBytes);
    gauge(
        registry,
        "chronicle.memory.bytes",
        BaseUnits.BYTES,
        "Memory of write buffer, index and caches",
        DatabaseStatistics::memoryBytes);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      @Nullable String unit,
      String description,
      ToDoubleFunction<DatabaseStatistics> figure) {
    Gauge.builder(name, this, metrics -> metrics.read(figure))
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }

  private double read(ToDoubleFunction<DatabaseStatistics> figure) {
    long now = System.nanoTime();
    Reading reading = last;
    if (reading == null || now - reading.nanos > REUSE_NANOS) {
      try {
        reading = new Reading(now, database.statistics());
      } catch (ChronicleException e) {
        return Double.NaN; // Closed: a registry may outlive its database.
      }
      last = reading;
    }
    return figure.applyAsDouble(reading.figures);
  }
}
