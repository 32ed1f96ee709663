package io.chronicledb.boot.autoconfigure;

import io.chronicledb.engine.wal.SyncMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the embedded database. The beans of {@link ChronicleAutoConfiguration} check them before a file is touched.
 *
 * @param enabled Whether to open a database.
 * @param path Data file, created where there is none. The write-ahead log lies beside it, as chronicle.wal for chronicle.db.
 * @param maxMemory What index, write buffer, memory blocks and caches together may take; at least 8MB.
 * @param partitionDuration Window of time that one partition covers, between a minute and ten years. Applies to what is written from now on.
 * @param bufferSize Points in the write buffer before they are sorted and encoded.
 * @param flushInterval Longest time for which a point is in the write-ahead log and not yet in the data file.
 * @param compaction How stored blocks are merged.
 * @param exemplars How exemplars are kept.
 * @param wal How the write-ahead log is kept.
 * @param query What a query may use up.
 * @param storage Where the data is kept.
 */
@ConfigurationProperties("chronicle")
public record ChronicleProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("chronicle.db") String path,
    @DefaultValue("64MB") DataSize maxMemory,
    @DefaultValue("1h") Duration partitionDuration,
    @DefaultValue("10000") int bufferSize,
    @DefaultValue("5m") Duration flushInterval,
    @DefaultValue Compaction compaction,
    @DefaultValue Exemplars exemplars,
    @DefaultValue Wal wal,
    @DefaultValue Query query,
    @DefaultValue Storage storage) {

  /**
   * How stored blocks are merged.
   *
   * @param interval How often days that are no longer written to are looked for, to be merged and compressed for keeps.
   */
  public record Compaction(@DefaultValue("30m") Duration interval) {}

  /**
   * How exemplars are kept.
   *
   * @param max How many are kept, of all series together: those that came last, and an eighth more at most; 0 for none.
   */
  public record Exemplars(@DefaultValue("100000") int max) {}

  /**
   * How the write-ahead log is kept.
   *
   * @param sync When a write counts as acknowledged: after an fsync (sync), once the operating system has it (interval), or at once
   *     (relaxed).
   * @param syncInterval Longest time between fsyncs in the interval mode, and between hand-overs to the operating system in the relaxed mode.
   * @param maxSize Size at which a segment of the log is finished and a new one started; at least 64KB.
   * @param maxFiles Finished segments that are kept although the data file has their points.
   */
  public record Wal(
      @DefaultValue("interval") SyncMode sync,
      @DefaultValue("1s") Duration syncInterval,
      @DefaultValue("128MB") DataSize maxSize,
      @DefaultValue("3") int maxFiles) {}

  /**
   * What a query may use up.
   *
   * @param timeout Wall time after which a query is ended; a query may ask for less.
   * @param maxMemory Memory that one query may hold, besides its result; a quarter of chronicle.max-memory by default.
   * @param maxPoints Points that one query may read.
   * @param maxConcurrent Queries that run at the same time; further ones wait and are refused after their timeout. Twice the number of
   *     processors by default.
   * @param lookback How old a sample may be for a PromQL selector to take it as the present value.
   * @param slowAfter Queries that take longer are logged, as io.chronicledb.engine.query.slow; 0 for none.
   */
  public record Query(
      @DefaultValue("30s") Duration timeout,
      @Nullable DataSize maxMemory,
      @DefaultValue("50000000") long maxPoints,
      @Nullable Integer maxConcurrent,
      @DefaultValue("5m") Duration lookback,
      @DefaultValue("5s") Duration slowAfter) {}

  /**
   * Where the data is kept.
   *
   * @param backend Where the data is kept: in the data file (file), or in memory until the process ends (memory).
   */
  public record Storage(@DefaultValue("file") Backend backend) {

    /** Where data can be kept. */
    public enum Backend {
      /** In the data file at {@code chronicle.path}. */
      FILE,
      /** In memory, until the process ends. */
      MEMORY,
      /** In an S3 bucket. Not offered by this version: it stops the start. */
      S3,
      /** Recent data in the data file, older data in an S3 bucket. Not offered by this version: it stops the start. */
      TIERED
    }
  }
}
