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
 * An open data block: its header and page index in memory, directory pages and chunks read when they are needed. Everything read is
 * checked: the checksum first, the decoded samples afterwards. Thread-safe.
 */
public final class Block implements SortedRun {

  private final BlockBytes bytes;
  private final String name;
  private final PageCache cache;
  private final TimeRange window;
  private final long minTime;
  private final long maxTime;
  private final long firstSequence;
  private final long lastSequence;
  private final long sampleCount;
  private final long firstOrder;
  private final long lastOrder;
  private final int chunkCount;
  private final int seriesCount;
  private final PageIndex pages;

  private Block(BlockBytes bytes, String name, PageCache cache, ByteReader header) {
    this.bytes = bytes;
    this.name = name;
    this.cache = cache;
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
    this.firstOrder = header.readLong();
    this.lastOrder = header.readLong();
    this.chunkCount = header.readInt();
    this.seriesCount = header.readInt();
    int pagesOffset = header.readInt();
    int indexOffset = header.readInt();
    int indexLength = header.readInt();
    int indexCrc = header.readInt();
    if (seriesCount < 0
        || chunkCount < seriesCount
        || pagesOffset < BlockLayout.HEADER_BYTES
        || indexOffset < pagesOffset) {
      throw new CorruptionException("block header contradicts itself");
    }
    ByteBuffer index = bytes.read(indexOffset, indexLength);
    int start = index.arrayOffset() + index.position();
    if (Crc32c.of(index.array(), start, indexLength) != indexCrc) {
      throw new CorruptionException("page index does not match its checksum");
    }
    var in = new ByteReader(index.array(), start, indexLength);
    this.pages = PageIndex.read(in, seriesCount, chunkCount, pagesOffset, indexOffset);
  }

  /** Opens a block whose directory pages nobody keeps. */
  public static Block open(BlockBytes bytes, String name) {
    return open(bytes, name, PageCache.NONE);
  }

  /**
   * Reads and checks header and page index.
   *
   * @param name how errors call the block, for example its file and offset
   * @param cache keeps directory pages for cursors that seek
   * @throws CorruptionException where they are damaged
   */
  public static Block open(BlockBytes bytes, String name, PageCache cache) {
    try {
      ByteBuffer buffer = bytes.read(0, BlockLayout.HEADER_BYTES);
      int start = buffer.arrayOffset() + buffer.position();
      var header = new ByteReader(buffer.array(), start, BlockLayout.HEADER_BYTES);
      if (!Arrays.equals(header.readBytes(BlockLayout.MAGIC.length), BlockLayout.MAGIC)) {
        throw new CorruptionException("no block starts here");
      }
      int version = header.readByte() | header.readByte() << 8;
      if (version != BlockLayout.VERSION && version != BlockLayout.VERSION_PLAIN) {
        throw new ChronicleException(
            ErrorCode.UNSUPPORTED,
            name + " has block format " + version
                + (version > BlockLayout.VERSION
                    ? ", newer than this version of Chronicle reads"
                    : ", which was in use before the first release and is not read any more"));
      }
      int length = BlockLayout.HEADER_BYTES - BlockLayout.CRC_BYTES;
      var stated = new ByteReader(buffer.array(), start + length, BlockLayout.CRC_BYTES);
      if (stated.readInt() != Crc32c.of(buffer.array(), start, length)) {
        throw new CorruptionException("block header does not match its checksum");
      }
      return new Block(bytes, name, cache, header);
    } catch (CorruptionException e) {
      throw new CorruptionException(name + ": " + e.getMessage());
    }
  }

  public TimeRange window() {
    return window;
  }

  /** Bytes that the open block holds in memory, without cached pages. */
  public long memoryBytes() {
    return 256 + pages.memoryBytes();
  }

  public int chunkCount() {
    return chunkCount;
  }

  public int seriesCount() {
    return seriesCount;
  }

  /** The order of the first series; of no meaning where there is none. */
  public long firstOrder() {
    return firstOrder;
  }

  /** The order of the last series; of no meaning where there is none. */
  public long lastOrder() {
    return lastOrder;
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

  /** {@inheritDoc} Pages that it passes are kept in the cache. */
  @Override
  public RunCursor cursor() {
    return cursor(new ChunkDecoder());
  }

  /**
   * Like {@link #cursor()}.
   *
   * @param decoder may be shared by all cursors of one thread; it is larger than they are
   */
  public RunCursor cursor(ChunkDecoder decoder) {
    return new BlockCursor(this, cache, decoder);
  }

  /**
   * A cursor for one pass over the whole block, which must not push out of the cache what queries need.
   *
   * @param decoder may be shared by all cursors of one thread
   */
  public RunCursor scan(ChunkDecoder decoder) {
    return new BlockCursor(this, PageCache.NONE, decoder);
  }

  String name() {
    return name;
  }

  PageIndex pages() {
    return pages;
  }

  /** Reads a stretch of the block. */
  ByteBuffer read(int offset, int length) {
    return bytes.read(offset, length);
  }

  DirectoryPage readPage(int number) {
    int offset = pages.offsets[number];
    try {
      ByteBuffer buffer = bytes.read(offset, pages.offsets[number + 1] - offset);
      return DirectoryPage.read(buffer, pages, number, window.start());
    } catch (CorruptionException e) {
      throw new CorruptionException(name + ": " + e.getMessage());
    }
  }
}
