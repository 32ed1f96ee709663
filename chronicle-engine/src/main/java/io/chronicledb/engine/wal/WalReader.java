package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.metadata.MetadataChange;
import io.chronicledb.engine.metadata.MetadataFormat;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.wal.WalReplay.LostRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads all segments of a log in order, a window of each in memory at a time. What it does about damage stands in the package's
 * description.
 */
final class WalReader {

  private static final int WINDOW_BYTES = 1 << 20;

  /** The first sequence of a segment that tells none: nothing before it is bounded by it. */
  private static final long UNKNOWN = Long.MAX_VALUE;

  private final Disk disk;
  private final Path directory;
  private final UUID databaseId;
  private final long checkpoint;
  private final boolean owned;
  private final Crc32c crc = new Crc32c();

  private List<Header> headers = List.of();
  private final List<LostRange> lost = new ArrayList<>();
  private long lastSequence;
  private long highestDurable;
  private long records;

  private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
  private long windowOffset;

  /**
   * @param checkpoint segments that hold nothing after it are passed over
   * @param owned whether the log is this process's to write: what a crash left at its end is cut off; else nothing is changed, and a
   *     writer may go on meanwhile
   */
  WalReader(Disk disk, Path directory, UUID databaseId, long checkpoint, boolean owned) {
    this.checkpoint = checkpoint;
    this.owned = owned;
    this.disk = disk;
    this.directory = directory;
    this.databaseId = databaseId;
  }

  /** A segment that stays after reading. */
  record Segment(long number, long firstSequence, long lastSequence, long bytes) {}

  /** Why reading a segment ended. */
  private record End(long offset, long fileBytes, @Nullable String damage) {}

  record Result(WalReplay replay, List<Segment> segments) {}

  /**
   * Where a segment's records are.
   *
   * @param firstSequence of its first record; where the header is damaged, of the first one that is sound
   * @param damaged whether the header is
   * @param firstRecord offset of the first record to read; -1 where the header is damaged and no record is sound
   */
  private record Header(
      long number, Path path, long firstSequence, boolean damaged, long firstRecord) {

    static Header sound(long number, Path path, long firstSequence) {
      return new Header(number, path, firstSequence, false, WalFormat.SEGMENT_HEADER_BYTES);
    }

    static Header damaged(long number, Path path) {
      return new Header(number, path, UNKNOWN, true, -1);
    }

    boolean isReadable() {
      return firstRecord >= 0;
    }

    String gap() {
      return damaged ? path + ": the segment's header is damaged" : "before " + path;
    }
  }

  /** Hands every readable record to the visitor, then cuts a torn tail off the last segment. */
  Result read(WalBatch.Visitor visitor) throws IOException {
    headers = readHeaders();
    if (headers.isEmpty()) {
      return new Result(new WalReplay(0, 0, lost, 0), List.of());
    }
    // A first segment that starts later than storage ends leaves a gap, which is reported below.
    lastSequence = Math.min(headers.get(0).firstSequence - 1, checkpoint);
    // A segment gets its first byte only after the one before is synced.
    highestDurable = 0;
    for (Header header : headers) {
      if (header.isReadable()) {
        highestDurable = Math.max(highestDurable, header.firstSequence - 1);
      }
    }
    var segments = new ArrayList<Segment>(headers.size());
    long tornBytes = 0;
    for (Header header : headers) {
      boolean last = segments.size() == headers.size() - 1;
      try (DiskFile file = disk.open(header.path, owned)) {
        if (!header.isReadable()) {
          reportUnreadable(header, last);
          segments.add(new Segment(header.number, lastSequence, lastSequence, file.size()));
          continue;
        }
        if (header.firstSequence > lastSequence + 1) {
          reportGap(header.firstSequence, header.gap());
        }
        long lastOfSegment = nextFirstSequence(header) - 1;
        if (!last && lastOfSegment <= checkpoint) {
          lastSequence = lastOfSegment;
          segments.add(new Segment(header.number, header.firstSequence, lastSequence, file.size()));
          continue;
        }
        visitor.segment(header.number);
        End end = readRecords(file, header, header.firstRecord, visitor);
        while (end.damage != null) {
          int lostBefore = lost.size();
          long resumed = afterDamage(file, header, end);
          if (resumed < 0) {
            if (last && lost.size() == lostBefore) {
              tornBytes += end.fileBytes - end.offset;
              if (owned) {
                file.truncate(end.offset);
                file.sync();
              }
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
    var found = new ArrayList<Header>(numbers.size());
    long bytes = 0;
    for (int i = 0; i < numbers.size(); i++) {
      long number = numbers.get(i);
      Path path = directory.resolve(WalFormat.fileName(number));
      Header header;
      try (DiskFile file = disk.open(path, false)) {
        bytes += file.size();
        header = readHeader(file, path, number, i == numbers.size() - 1);
      } catch (NoSuchFileException e) {
        if (owned) {
          throw e;
        }
        continue; // The writer has removed it since, so the data file has its points.
      }
      if (header == null) {
        // The crash came before the header was whole, so the segment never held a record.
        if (owned) {
          disk.delete(path);
          disk.syncDirectory(directory);
        }
      } else {
        found.add(header);
      }
    }
    return withFirstRecords(found, bytes);
  }

  /** Finds out where the records of segments with a damaged header start. */
  private List<Header> withFirstRecords(List<Header> found, long bytes) throws IOException {
    long highest = checkpoint;
    for (Header header : found) {
      highest = Math.max(highest, header.damaged ? 0 : header.firstSequence);
    }
    // A bound that hardly any bytes but those of a record pass, so that checksums are computed
    // rarely.
    long maxSequence = highest + bytes / WalFormat.RECORD_HEADER_BYTES;
    var headers = new ArrayList<>(found);
    for (int i = headers.size() - 1; i >= 0; i--) {
      Header header = headers.get(i);
      if (header.damaged) {
        Header read = findFirstRecord(header, maxSequence);
        // Without any record, the segment counts as one that ends where the next one starts.
        headers.set(
            i,
            read.isReadable() || i == headers.size() - 1
                ? read
                : new Header(
                    header.number, header.path, headers.get(i + 1).firstSequence, true, -1));
      }
    }
    return headers;
  }

  private Header findFirstRecord(Header header, long maxSequence) throws IOException {
    byte[] fileId = WalFormat.fileId(databaseId, header.number);
    try (DiskFile file = disk.open(header.path, false)) {
      window.limit(0);
      long size = file.size();
      for (long offset = WalFormat.SEGMENT_HEADER_BYTES;
          offset + WalFormat.RECORD_HEADER_BYTES <= size;
          offset++) {
        if (checkRecord(file, offset, size, fileId, 1, maxSequence) == null) {
          long sequence = at(
                  offset + WalFormat.SEQUENCE_OFFSET,
                  WalFormat.RECORD_HEADER_BYTES - WalFormat.SEQUENCE_OFFSET)
              .readLong();
          return new Header(header.number, header.path, sequence, true, offset);
        }
      }
    }
    return header;
  }

  /**
   * Notes what a segment held of which nothing can be read. How much that was says the segment after it; of the last one, whose header was
   * durable before its first record was written, only that it was something.
   */
  private void reportUnreadable(Header header, boolean last) {
    if (!last) {
      if (header.firstSequence != UNKNOWN) {
        reportGap(header.firstSequence, header.gap());
      }
      return;
    }
    long end = Math.max(Math.max(lastSequence, checkpoint), highestDurable) + 1;
    lost.add(
        new LostRange(lastSequence + 1, end, header.gap() + " and none of its records is sound"));
    lastSequence = end;
  }

  static List<Long> segmentNumbers(Disk disk, Path directory) throws IOException {
    var numbers = new ArrayList<Long>();
    for (String name : disk.list(directory)) {
      long number = WalFormat.segmentNumber(name);
      if (number >= 0) {
        numbers.add(number);
      }
    }
    Collections.sort(numbers);
    return numbers;
  }

  /** Notes the sequences between what was read and a segment's first one as lost. */
  private void reportGap(long first, String place) {
    if (first > lastSequence + 1) {
      lost.add(new LostRange(lastSequence + 1, first - 1, place));
      lastSequence = first - 1;
    }
  }

  /**
   * What the segment's header says; null where a last segment's header was never finished. A damaged header is told from one of another
   * database or segment, which refuses the log, by its checksum.
   */
  private @Nullable Header readHeader(DiskFile file, Path path, long number, boolean last)
      throws IOException {
    var header = ByteBuffer.allocate(WalFormat.SEGMENT_HEADER_BYTES);
    boolean whole = file.read(0, header) == header.capacity();
    if (last && !whole) {
      return null;
    }
    if (!whole) {
      return Header.damaged(number, path);
    }
    var in = new ByteReader(header.array());
    boolean magic = Arrays.equals(in.readBytes(WalFormat.MAGIC.length), WalFormat.MAGIC);
    int version = in.readByte();
    var id = new UUID(in.readLong(), in.readLong());
    long stated = in.readLong();
    long first = in.readLong();
    int expected = Crc32c.of(header.array(), 0, header.capacity() - 4);
    if (!magic || in.readInt() != expected) {
      return last && file.size() <= WalFormat.SEGMENT_HEADER_BYTES
          ? null
          : Header.damaged(number, path);
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
    return Header.sound(number, path, first);
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
    if (type < WalFormat.TYPE_BATCH || type > WalFormat.TYPE_METADATA) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          path + ": record type " + type + " at offset " + offset
              + " was written by a newer version of Chronicle");
    }
    reportGap(sequence, "before " + path + " at offset " + offset);
    try {
      ByteReader payload = at(offset + WalFormat.RECORD_HEADER_BYTES, length);
      switch (type) {
        case WalFormat.TYPE_BATCH -> WalBatch.decode(sequence, false, payload, visitor);
        case WalFormat.TYPE_MIXED_BATCH -> WalBatch.decode(sequence, true, payload, visitor);
        case WalFormat.TYPE_DELETION -> WalDeletion.decode(sequence, payload, visitor);
        case WalFormat.TYPE_EXEMPLARS -> WalExemplars.decode(sequence, payload, visitor);
        default -> {
          var changes = new ArrayList<MetadataChange>();
          MetadataFormat.decode(payload, changes::add);
          visitor.metadata(sequence, changes);
        }
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
