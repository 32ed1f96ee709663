package io.chronicledb.boot.autoconfigure;

import io.chronicledb.boot.diagnostics.InvalidPropertyException;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.wal.WalOptions;
import java.time.Duration;
import java.util.function.BiFunction;
import org.springframework.util.unit.DataSize;

/**
 * Fills {@link ChronicleOptions} property by property, so that what the engine refuses is reported under the name that the user wrote.
 */
final class OptionsFromProperties {

  /** Far beyond any use, and short enough to be counted in nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(3660);

  private ChronicleOptions options = ChronicleOptions.defaults();

  private OptionsFromProperties() {}

  static ChronicleOptions of(ChronicleProperties properties) {
    var filling = new OptionsFromProperties();
    filling.set(
        "chronicle.max-memory",
        properties.maxMemory(),
        (options, size) -> options.withMemoryBytes(size.toBytes()));
    filling.set(
        "chronicle.partition-duration",
        properties.partitionDuration(),
        ChronicleOptions::withPartition);
    filling.set(
        "chronicle.buffer-size", properties.bufferSize(), ChronicleOptions::withBufferPoints);
    filling.setDuration(
        "chronicle.flush-interval",
        properties.flushInterval(),
        ChronicleOptions::withFlushInterval);
    filling.setDuration(
        "chronicle.compaction.interval",
        properties.compaction().interval(),
        ChronicleOptions::withCompactionInterval);
    filling.set(
        "chronicle.exemplars.max",
        properties.exemplars().max(),
        ChronicleOptions::withExemplarsMax);
    filling.set(properties.wal());
    filling.set(properties.query());
    return filling.options;
  }

  private void set(ChronicleProperties.Wal wal) {
    set(
        "chronicle.wal.sync",
        wal.sync(),
        (options, mode) -> options.withWal(options.wal().withSync(mode)));
    setDuration("chronicle.wal.sync-interval", wal.syncInterval(), (options, interval) -> {
      WalOptions log = options.wal();
      return options.withWal(
          new WalOptions(log.sync(), interval, log.segmentBytes(), log.segmentsMin()));
    });
    set("chronicle.wal.max-size", wal.maxSize(), (options, size) -> {
      WalOptions log = options.wal();
      return options.withWal(
          new WalOptions(log.sync(), log.syncInterval(), size.toBytes(), log.segmentsMin()));
    });
    set("chronicle.wal.max-files", wal.maxFiles(), (options, count) -> {
      WalOptions log = options.wal();
      return options.withWal(
          new WalOptions(log.sync(), log.syncInterval(), log.segmentBytes(), count));
    });
  }

  private void set(ChronicleProperties.Query query) {
    setDuration(
        "chronicle.query.timeout",
        query.timeout(),
        (options, timeout) -> options.withQuery(options.query().withTimeout(timeout)));
    setDuration(
        "chronicle.query.lookback",
        query.lookback(),
        (options, lookback) -> options.withQuery(options.query().withLookback(lookback)));
    set(
        "chronicle.query.max-points",
        query.maxPoints(),
        (options, points) -> options.withQuery(options.query().withSamplesMax(points)));
    DataSize maxMemory = query.maxMemory();
    if (maxMemory != null) {
      set(
          "chronicle.query.max-memory",
          maxMemory,
          (options, size) -> options.withQuery(options.query().withMemoryBytes(size.toBytes())));
    }
    set(
        "chronicle.query.slow-after",
        query.slowAfter(),
        (options, time) -> options.withQuery(options.query().withSlowAfter(time)));
    Integer maxConcurrent = query.maxConcurrent();
    if (maxConcurrent != null) {
      set(
          "chronicle.query.max-concurrent",
          maxConcurrent,
          (options, queries) -> options.withQuery(options.query().withConcurrentMax(queries)));
    }
  }

  private void setDuration(
      String property,
      Duration value,
      BiFunction<ChronicleOptions, Duration, ChronicleOptions> change) {
    set(property, value, (options, duration) -> {
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException("the time must be positive, for example 30s or 5m");
      }
      if (duration.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "the time must be at most ten years (" + LONGEST.toDays() + "d)");
      }
      return change.apply(options, duration);
    });
  }

  private <V> void set(
      String property, V value, BiFunction<ChronicleOptions, V, ChronicleOptions> change) {
    try {
      options = change.apply(options, value);
    } catch (IllegalArgumentException e) {
      throw new InvalidPropertyException(property, value, String.valueOf(e.getMessage()), e);
    }
  }
}
