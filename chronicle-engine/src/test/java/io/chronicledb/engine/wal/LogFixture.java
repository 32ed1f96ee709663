package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.metadata.MetadataChange;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.MetricType;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.WalReplay.LostRange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A log without a database around it: batches go in, and what a replay says of them comes out. */
final class LogFixture {

  static final UUID DATABASE = new UUID(1, 2);
  static final Path DIRECTORY = Path.of("/test/chronicle.wal");

  private LogFixture() {}

  static WalOptions options(long segmentBytes, int segmentsMin) {
    return new WalOptions(SyncMode.INTERVAL, Duration.ofDays(1), segmentBytes, segmentsMin);
  }

  static WalOptions options() {
    return options(1 << 20, 100);
  }

  /** A log that is open and the texts of its batches by sequence. */
  static final class Log implements AutoCloseable {
    final WriteAheadLog wal;
    final TreeMap<Long, String> written = new TreeMap<>();
    final Random random = new Random(5);

    Log(FaultyDisk disk, WalOptions options) {
      wal = WriteAheadLog.open(disk, DIRECTORY, options);
      wal.replay(DATABASE, 0, new Collector());
    }

    /** Appends a batch and hands it over. */
    long write(int points) {
      var ids = new int[points];
      var times = new long[points];
      var values = new double[points];
      var text = new StringBuilder();
      int id = random.nextInt(8);
      for (int i = 0; i < points; i++) {
        id = random.nextInt(3) == 0 ? random.nextInt(8) : id;
        ids[i] = id;
        times[i] = random.nextLong() >> random.nextInt(60);
        values[i] = random.nextDouble();
        text.append(key(id))
            .append('@')
            .append(times[i])
            .append('=')
            .append(values[i])
            .append(' ');
      }
      var encoded = new ByteWriter(16);
      WalBatch.encodePoints(ids, times, values, null, points, encoded);
      long sequence = wal.append(ids, points, false, encoded, LogFixture::writeKey);
      wal.write();
      written.put(sequence, text.toString());
      return sequence;
    }

    /** Appends exemplars or metadata and hands them over. */
    long writeAttachment() {
      long sequence;
      String text;
      if (random.nextBoolean()) {
        var rows = new ExemplarRows(1);
        var written = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
          var exemplar = new Exemplar(
              Tags.of("trace_id", Long.toHexString(random.nextLong())),
              random.nextLong() >> random.nextInt(60),
              random.nextDouble());
          int id = random.nextInt(8);
          rows.add(id, exemplar);
          written.append(key(id)).append(' ').append(exemplar).append(' ');
        }
        var encoded = new ByteWriter(16);
        WalExemplars.encode(rows, encoded);
        sequence = wal.appendExemplars(rows.series(), rows.size(), encoded, LogFixture::writeKey);
        text = written.toString();
      } else {
        List<MetadataChange> changes = List.of(
            new MetadataChange.Field("cpu", "f" + random.nextInt(10)),
            new MetadataChange.OfMetric(
                "cpu",
                new MetricMetadata(
                    MetricType.of(random.nextInt(8)), "x".repeat(random.nextInt(50)), "s")));
        sequence = wal.appendMetadata(changes);
        text = changes.toString();
      }
      wal.write();
      written.put(sequence, text);
      return sequence;
    }

    @Override
    public void close() {
      wal.close();
    }
  }

  private static String key(int id) {
    return "series-" + id;
  }

  private static void writeKey(int id, ByteWriter out) {
    byte[] key = key(id).getBytes(StandardCharsets.UTF_8);
    out.writeUnsignedVarint(key.length);
    out.writeBytes(key);
  }

  /** What a replay hands over, as texts by sequence. */
  static final class Collector implements WalBatch.Visitor {
    final TreeMap<Long, String> read = new TreeMap<>();
    final List<Long> order = new ArrayList<>();
    private final Map<Integer, String> keys = new HashMap<>();
    int unattributed;

    @Override
    public void segment(long number) {
      keys.clear();
    }

    @Override
    public void series(int segmentSeriesId, byte[] bytes, int offset, int length) {
      keys.put(segmentSeriesId, new String(bytes, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void batch(
        long sequence,
        int[] ids,
        long[] timestamps,
        double[] values,
        @Nullable HistogramColumn histograms,
        int count) {
      var text = new StringBuilder();
      boolean known = true;
      for (int i = 0; i < count; i++) {
        known &= keys.containsKey(ids[i]);
        text.append(keys.get(ids[i]))
            .append('@')
            .append(timestamps[i])
            .append('=')
            .append(values[i])
            .append(' ');
      }
      if (!known) {
        unattributed++; // Its series was named in a record that is lost.
      } else {
        read.put(sequence, text.toString());
      }
      order.add(sequence);
    }

    @Override
    public void deletion(long sequence, List<TagMatcher> matchers, TimeRange range) {
      read.put(sequence, "delete " + matchers + " " + range);
      order.add(sequence);
    }

    @Override
    public void exemplars(long sequence, ExemplarRows rows) {
      var text = new StringBuilder();
      boolean known = true;
      for (int row = 0; row < rows.size(); row++) {
        known &= keys.containsKey(rows.series(row));
        text.append(keys.get(rows.series(row)))
            .append(' ')
            .append(rows.exemplar(row))
            .append(' ');
      }
      if (known) {
        read.put(sequence, text.toString());
      } else {
        unattributed++;
      }
      order.add(sequence);
    }

    @Override
    public void metadata(long sequence, List<MetadataChange> changes) {
      read.put(sequence, changes.toString());
      order.add(sequence);
    }
  }

  record Replayed(WalReplay replay, Collector found) {
    boolean lost(long sequence) {
      for (LostRange range : replay.lost()) {
        if (range.first() <= sequence && sequence <= range.last()) {
          return true;
        }
      }
      return false;
    }
  }

  static Replayed replay(FaultyDisk disk) {
    return replay(disk, DATABASE, 0);
  }

  /** Opens the log, replays it and lets go of it. */
  static Replayed replay(FaultyDisk disk, UUID database, long checkpoint) {
    try (var wal = WriteAheadLog.open(disk, DIRECTORY, options())) {
      var found = new Collector();
      return new Replayed(wal.replay(database, checkpoint, found), found);
    }
  }

  static Path segment(long number) {
    return DIRECTORY.resolve(WalFormat.fileName(number));
  }

  /** Where each record of a segment starts, and, last, where the last one ends. */
  static List<Integer> offsets(byte[] segment) {
    var offsets = new ArrayList<Integer>();
    int at = WalFormat.SEGMENT_HEADER_BYTES;
    while (at < segment.length) {
      offsets.add(at);
      at += WalFormat.RECORD_HEADER_BYTES
          + (segment[at] & 0xFF
              | (segment[at + 1] & 0xFF) << 8
              | (segment[at + 2] & 0xFF) << 16
              | (segment[at + 3] & 0xFF) << 24);
    }
    offsets.add(at);
    return offsets;
  }
}
