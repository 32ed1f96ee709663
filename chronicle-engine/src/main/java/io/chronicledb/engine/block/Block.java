package io.chronicledb.engine.block;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.codec.ChunkDecoder;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An open data block: its header and directory in memory, its chunks read when they are needed. Everything read is checked: the
 * checksum first, the decoded samples afterwards.
 */
public final class Block implements SortedRun {

  private final BlockBytes bytes;
  private final String name;
  private final TimeRange window;
  private final long minTime;
  private final long maxTime;
  private final long firstSequence;
  private final long lastSequence;
  private final long sampleCount;
  private final BlockDirectory directory;

  private Block(BlockBytes bytes, String name, ByteReader header) {
    this.bytes = bytes;
    this.name = name;
    long windowStart = header.readLong();
    long windowEnd = header.readLong();
    if (windowEnd < windowStart) {
      throw new CorruptionException("window ends before it starts");
    }
    this.window = new TimeRange(windowStart, windowEnd);
    this.minTime = header.readLong();
    this.maxTime = header.readLong();
    this.firstSequence = header.readLong();
    this.lastSequence = header.readLong();
    this.sampleCount = header.readLong();
    this.directory = readDirectory(bytes, header, windowStart);
  }

  /**
   * Reads and checks header and directory.
   *
   * @param name how errors call the block, for example its file and offset
   * @throws CorruptionException where they are damaged
   */
  public static Block open(BlockBytes bytes, String name) {
    try {
      ByteBuffer headerBytes = bytes.read(0, BlockLayout.HEADER_BYTES);
      var header =
          new ByteReader(headerBytes.array(), headerBytes.arrayOffset(), BlockLayout.HEADER_BYTES);
      if (!Arrays.equals(header.readBytes(BlockLayout.MAGIC.length), BlockLayout.MAGIC)) {
        throw new CorruptionException("no block starts here");
      }
      int version = header.readByte() | header.readByte() << 8;
      if (version > BlockLayout.VERSION) {
        throw new ChronicleException(
            ErrorCode.UNSUPPORTED,
            "block format " + version + " is newer than this version of Chronicle reads");
      }
      if (version < BlockLayout.VERSION) {
        throw new ChronicleException(
            ErrorCode.UNSUPPORTED,
            "block format " + version
                + " was in use before the first release and is not read any more");
      }
      int crcOffset = headerBytes.arrayOffset() + BlockLayout.HEADER_BYTES - BlockLayout.CRC_BYTES;
      var stated = new ByteReader(headerBytes.array(), crcOffset, BlockLayout.CRC_BYTES);
      int length = BlockLayout.HEADER_BYTES - BlockLayout.CRC_BYTES;
      if (stated.readInt() != Crc32c.of(headerBytes.array(), headerBytes.arrayOffset(), length)) {
        throw new CorruptionException("block header does not match its checksum");
      }
      return new Block(bytes, name, header);
    } catch (CorruptionException e) {
      throw new CorruptionException(name + ": " + e.getMessage());
    }
  }

  private static BlockDirectory readDirectory(
      BlockBytes bytes, ByteReader header, long windowStart) {
    int chunkCount = header.readInt();
    int seriesCount = header.readInt();
    int offset = header.readInt();
    int length = header.readInt();
    int directoryCrc = header.readInt();
    ByteBuffer directoryBytes = bytes.read(offset, length);
    if (Crc32c.of(directoryBytes.array(), directoryBytes.arrayOffset(), length) != directoryCrc) {
      throw new CorruptionException("chunk directory does not match its checksum");
    }
    var in = new ByteReader(directoryBytes.array(), directoryBytes.arrayOffset(), length);
    return BlockDirectory.read(
        in, seriesCount, chunkCount, windowStart, offset - BlockLayout.HEADER_BYTES);
  }

  public TimeRange window() {
    return window;
  }

  /** Bytes that the open block holds in memory. */
  public long memoryBytes() {
    return directory.memoryBytes();
  }

  public int chunkCount() {
    return directory.counts.length;
  }

  @Override
  public int seriesCount() {
    return directory.orders.length;
  }

  @Override
  public long order(int index) {
    return directory.orders[index];
  }

  @Override
  public int find(long order) {
    return directory.find(order);
  }

  @Override
  public long minTime() {
    return minTime;
  }

  @Override
  public long maxTime() {
    return maxTime;
  }

  @Override
  public long minTime(int index) {
    return directory.minTimes[directory.firstChunks[index]];
  }

  @Override
  public long maxTime(int index) {
    return directory.maxTimes[directory.firstChunks[index + 1] - 1];
  }

  @Override
  public long firstSequence() {
    return firstSequence;
  }

  @Override
  public long lastSequence() {
    return lastSequence;
  }

  @Override
  public long sampleCount() {
    return sampleCount;
  }

  @Override
  public SampleCursor cursor(int index, TimeRange range) {
    return new ChunkCursor(directory.firstChunks[index], directory.firstChunks[index + 1], range);
  }

  /** Decodes one chunk into the front of two arrays that hold its count. */
  private void decode(int chunk, ChunkDecoder decoder, long[] timestamps, double[] values) {
    int length = directory.lengths[chunk];
    ByteBuffer buffer = bytes.read(directory.offsets[chunk], length);
    byte[] array = buffer.array();
    int offset = buffer.arrayOffset();
    int end = length - BlockLayout.CRC_BYTES;
    try {
      var in = new ByteReader(array, offset, length);
      in.skip(end);
      if (in.readInt() != Crc32c.of(array, offset, end)) {
        throw new CorruptionException("chunk does not match its checksum");
      }
      int count = directory.counts[chunk];
      decoder.decode(array, offset, end, count, timestamps, values);
      if (timestamps[0] != directory.minTimes[chunk]
          || timestamps[count - 1] != directory.maxTimes[chunk]) {
        throw new CorruptionException("chunk does not span the times that the directory states");
      }
    } catch (CorruptionException e) {
      throw new CorruptionException(name + ", chunk " + chunk + " at offset "
          + directory.offsets[chunk] + ": " + e.getMessage());
    }
  }

  /** Walks the chunks of one series that overlap a range. */
  private final class ChunkCursor implements SampleCursor {

    private final TimeRange range;
    private final int endChunk;
    private int chunk;
    private final ChunkDecoder decoder = new ChunkDecoder();
    private long[] timestamps = {};
    private double[] values = {};
    private int start;
    private int end;

    ChunkCursor(int firstChunk, int endChunk, TimeRange range) {
      this.range = range;
      int from = firstChunk;
      int to = endChunk;
      while (from < to && directory.maxTimes[from] < range.start()) {
        from++;
      }
      while (to > from && directory.minTimes[to - 1] >= range.end()) {
        to--;
      }
      this.chunk = from;
      this.endChunk = to;
    }

    @Override
    public long nextTime() {
      return chunk < endChunk ? Math.max(directory.minTimes[chunk], range.start()) : Long.MAX_VALUE;
    }

    @Override
    public boolean next() {
      while (chunk < endChunk) {
        int count = directory.counts[chunk];
        if (timestamps.length < count) {
          timestamps = new long[count];
          values = new double[count];
        }
        decode(chunk, decoder, timestamps, values);
        start = directory.minTimes[chunk] >= range.start() ? 0 : lowerBound(range.start(), count);
        end = directory.maxTimes[chunk] < range.end() ? count : lowerBound(range.end(), count);
        chunk++;
        if (start < end) {
          return true;
        }
      }
      return false;
    }

    private int lowerBound(long time, int count) {
      int found = Arrays.binarySearch(timestamps, 0, count, time);
      return found >= 0 ? found : -found - 1;
    }

    @Override
    public long[] timestamps() {
      return timestamps;
    }

    @Override
    public double[] values() {
      return values;
    }

    @Override
    public int start() {
      return start;
    }

    @Override
    public int end() {
      return end;
    }
  }
}
