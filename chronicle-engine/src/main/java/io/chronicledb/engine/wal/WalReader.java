package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.wal.WalReplay.LostRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads all segments of a log in order, a window of each in memory at a time. What it does about damage stands in the package's
 * description.
 */
final class WalReader {

  private static final int WINDOW_BYTES = 1 << 20;

  private final Disk disk;
  private final Path directory;
  private final UUID databaseId;
  private final long checkpoint;
  private final Crc32c crc = new Crc32c();

  private List<Header> headers = List.of();
  private final List<LostRange> lost = new ArrayList<>();
  private long lastSequence;
  private long highestDurable;
  private long records;

  private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
  private long windowOffset;

  /** @param checkpoint segments that hold nothing after it are passed over */
  WalReader(Disk disk, Path directory, UUID databaseId, long checkpoint) {
    this.checkpoint = checkpoint;
    this.disk = disk;
    this.directory = directory;
    this.databaseId = databaseId;
  }

  /** A segment that stays after reading. */
  record Segment(long number, long firstSequence, long lastSequence, long bytes) {}

  /** Why reading a segment ended. */
  private record End(long offset, long fileBytes, @Nullable String damage) {}

  record Result(WalReplay replay, List<Segment> segments) {}

  /** A segment whose header is sound. */
  private record Header(long number, Path path, long firstSequence) {}

  /** Hands every readable record to the visitor, then cuts a torn tail off the last segment. */
  Result read(WalBatch.Visitor visitor) throws IOException {
    headers = readHeaders();
    if (headers.isEmpty()) {
      return new Result(new WalReplay(0, 0, lost, 0), List.of());
    }
    // A first segment that starts later than storage ends leaves a gap, which is reported below.
    lastSequence = Math.min(headers.get(0).firstSequence - 1, checkpoint);
    // A segment gets its first byte only after the one before is synced.
    highestDurable = headers.get(headers.size() - 1).firstSequence - 1;
    var segments = new ArrayList<Segment>(headers.size());
    long tornBytes = 0;
    for (Header header : headers) {
      boolean last = segments.size() == headers.size() - 1;
      try (DiskFile file = disk.open(header.path, true)) {
        reportGap(header.firstSequence, header.path);
        long lastOfSegment = nextFirstSequence(header) - 1;
        if (!last && lastOfSegment <= checkpoint) {
          lastSequence = lastOfSegment;
          segments.add(new Segment(header.number, header.firstSequence, lastSequence, file.size()));
          continue;
        }
        visitor.segment(header.number);
        End end = readRecords(file, header, WalFormat.SEGMENT_HEADER_BYTES, visitor);
        while (end.damage != null) {
          int lostBefore = lost.size();
          long resumed = afterDamage(file, header, end);
          if (resumed < 0) {
            if (last && lost.size() == lostBefore) {
              tornBytes += end.fileBytes - end.offset;
              file.truncate(end.offset);
              file.sync();
            }
            break;
          }
          end = readRecords(file, header, resumed, visitor);
        }
        segments.add(new Segment(header.number, header.firstSequence, lastSequence, file.size()));
      }
    }
    return new Result(new WalReplay(lastSequence, records, lost, tornBytes), segments);
  }

  private List<Header> readHeaders() throws IOException {
    List<Long> numbers = segmentNumbers(disk, directory);
    var headers = new ArrayList<Header>(numbers.size());
    for (int i = 0; i < numbers.size(); i++) {
      long number = numbers.get(i);
      Path path = directory.resolve(WalFormat.fileName(number));
      Long first;
      try (DiskFile file = disk.open(path, false)) {
        first = readHeader(file, path, number, i == numbers.size() - 1);
      }
      if (first == null) {
        // The crash came before the header was whole, so the segment never held a record.
        disk.delete(path);
        disk.syncDirectory(directory);
      } else {
        headers.add(new Header(number, path, first));
      }
    }
    return headers;
  }

  static List<Long> segmentNumbers(Disk disk, Path directory) throws IOException {
    return disk.list(directory).stream()
        .map(WalFormat::segmentNumber)
        .filter(number -> number >= 0)
        .sorted()
        .toList();
  }

  /** Notes the sequences between what was read and a segment's first one as lost. */
  private void reportGap(long first, Path path) {
    if (first > lastSequence + 1) {
      lost.add(new LostRange(lastSequence + 1, first - 1, "before " + path));
      lastSequence = first - 1;
    }
  }

  /** The segment's first sequence; null where a last segment's header was never finished. */
  private @Nullable Long readHeader(DiskFile file, Path path, long number, boolean last)
      throws IOException {
    windowOffset = 0;
    window.clear().limit(0);
    if (!fill(file, 0, WalFormat.SEGMENT_HEADER_BYTES)) {
      if (last) {
        return null;
      }
      throw new CorruptionException(path + " is cut off within its header");
    }
    var in = new ByteReader(window.array(), 0, WalFormat.SEGMENT_HEADER_BYTES);
    boolean magic = Arrays.equals(in.readBytes(WalFormat.MAGIC.length), WalFormat.MAGIC);
    int version = in.readByte();
    var id = new UUID(in.readLong(), in.readLong());
    long stated = in.readLong();
    long first = in.readLong();
    int expected = Crc32c.of(window.array(), 0, WalFormat.SEGMENT_HEADER_BYTES - 4);
    if (!magic || in.readInt() != expected) {
      if (last && file.size() <= WalFormat.SEGMENT_HEADER_BYTES) {
        return null;
      }
      throw new CorruptionException(path + " does not start with a sound segment header");
    }
    if (version > WalFormat.VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          path + " has WAL version " + version + ", newer than this version of Chronicle reads");
    }
    if (!id.equals(databaseId)) {
      throw new CorruptionException(path + " belongs to database " + id + ", the data file is "
          + databaseId + ". Data file and WAL directory must be moved and restored together");
    }
    if (stated != number) {
      throw new CorruptionException(
          path + " was written as segment " + stated + "; its file has been renamed");
    }
    return first;
  }

  private End readRecords(DiskFile file, Header header, long from, WalBatch.Visitor visitor)
      throws IOException {
    byte[] fileId = WalFormat.fileId(databaseId, header.number);
    long size = file.size();
    long offset = from;
    long maxSequence = nextFirstSequence(header) - 1;
    window.limit(0);
    while (offset < size) {
      String damage = checkRecord(file, offset, size, fileId, lastSequence + 1, maxSequence);
      if (damage != null) {
        return new End(offset, size, damage);
      }
      offset += deliver(header.path, offset, visitor);
    }
    return new End(offset, size, null);
  }

  /** Why no sound record stands at the offset; null where one does, whole in the window. */
  private @Nullable String checkRecord(
      DiskFile file, long offset, long size, byte[] fileId, long minSequence, long maxSequence)
      throws IOException {
    if (!fill(file, offset, WalFormat.RECORD_HEADER_BYTES)) {
      return "record header is cut off";
    }
    ByteReader in = at(offset, WalFormat.RECORD_HEADER_BYTES);
    int length = in.readInt();
    if (length < 0
        || length > WalFormat.PAYLOAD_BYTES_MAX
        || length > size - offset - WalFormat.RECORD_HEADER_BYTES) {
      return "record of " + Integer.toUnsignedString(length) + " bytes is cut off";
    }
    int stated = in.readInt();
    in.skip(1);
    long sequence = in.readLong();
    long durable = in.readLong();
    if (sequence < minSequence || sequence > maxSequence || durable >= sequence) {
      return "record has sequence " + sequence + " where at least " + minSequence + " is due";
    }
    fill(file, offset, WalFormat.RECORD_HEADER_BYTES + length);
    int start = (int) (offset - windowOffset);
    if (WalFormat.crc(crc, fileId, window.array(), start, length) != stated) {
      return "record does not match its checksum";
    }
    return null;
  }

  /** Hands over the record at the offset, which was checked, and returns its size. */
  private int deliver(Path path, long offset, WalBatch.Visitor visitor) {
    ByteReader in = at(offset, WalFormat.RECORD_HEADER_BYTES);
    int length = in.readInt();
    in.skip(4);
    int type = in.readByte();
    long sequence = in.readLong();
    long durable = in.readLong();
    if (type != WalFormat.TYPE_BATCH && type != WalFormat.TYPE_DELETION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          path + ": record type " + type + " at offset " + offset
              + " was written by a newer version of Chronicle");
    }
    reportGap(sequence, path);
    try {
      ByteReader payload = at(offset + WalFormat.RECORD_HEADER_BYTES, length);
      if (type == WalFormat.TYPE_BATCH) {
        WalBatch.decode(sequence, payload, visitor);
      } else {
        WalDeletion.decode(sequence, payload, visitor);
      }
    } catch (CorruptionException e) {
      throw new CorruptionException(path + ", record at offset " + offset + ": " + e.getMessage());
    }
    lastSequence = sequence;
    highestDurable = Math.max(highestDurable, durable);
    records++;
    return WalFormat.RECORD_HEADER_BYTES + length;
  }

  /**
   * Decides what damage means. Where the damaged record was durable once, its sequences are lost and noted, and reading goes on at the next
   * sound record of the segment. Otherwise it is a torn tail: records behind it are not read either, since that would leave a hole.
   *
   * <p>What was durable say the records behind the damage, not only the next one: a log that is rarely synced carries the same mark for long.
   *
   * @return where reading goes on, or -1 where it ends
   */
  private long afterDamage(DiskFile file, Header header, End end) throws IOException {
    byte[] fileId = WalFormat.fileId(databaseId, header.number);
    String place = header.path + " at offset " + end.offset + ": " + end.damage;
    long expected = lastSequence + 1;
    long nextFirst = nextFirstSequence(header);
    if (expected >= nextFirst) {
      return -1; // A torn tail of old: the segment after this one goes on where it starts.
    }
    long resumed = -1;
    long resumedSequence = -1;
    for (long offset = end.offset + 1;
        offset + WalFormat.RECORD_HEADER_BYTES <= end.fileBytes
            && (resumed < 0 || expected > highestDurable);
        offset++) {
      // Every record between takes up room, so bytes that only look like a header are told apart
      // before their checksum is computed.
      long maxSequence =
          Math.min(nextFirst - 1, expected + (offset - end.offset) / WalFormat.RECORD_HEADER_BYTES);
      if (checkRecord(file, offset, end.fileBytes, fileId, expected, maxSequence) == null) {
        ByteReader in = at(offset, WalFormat.RECORD_HEADER_BYTES);
        int length = in.readInt();
        in.skip(5);
        long sequence = in.readLong();
        highestDurable = Math.max(highestDurable, in.readLong());
        if (resumed < 0) {
          resumed = offset;
          resumedSequence = sequence;
        }
        offset += WalFormat.RECORD_HEADER_BYTES + length - 1;
      }
    }
    if (expected > highestDurable) {
      return -1;
    }
    long lastLost = resumed < 0 ? Math.min(highestDurable, nextFirst - 1) : resumedSequence - 1;
    if (expected <= lastLost) {
      lost.add(new LostRange(expected, lastLost, place));
      lastSequence = lastLost;
    }
    return resumed;
  }

  /** The first sequence of the segment after this one; open-ended for the last. */
  private long nextFirstSequence(Header header) {
    for (Header other : headers) {
      if (other.number > header.number) {
        return other.firstSequence;
      }
    }
    return Long.MAX_VALUE;
  }

  private ByteReader at(long offset, int length) {
    return new ByteReader(window.array(), (int) (offset - windowOffset), length);
  }

  /** Makes the window hold {@code length} bytes from {@code offset}; false where the file ends before. */
  private boolean fill(DiskFile file, long offset, int length) throws IOException {
    if (offset >= windowOffset && offset + length <= windowOffset + window.limit()) {
      return true;
    }
    if (window.capacity() < length) {
      window = ByteBuffer.allocate(length + WINDOW_BYTES);
    }
    window.clear();
    windowOffset = offset;
    file.read(offset, window);
    window.flip();
    return window.limit() >= length;
  }
}
