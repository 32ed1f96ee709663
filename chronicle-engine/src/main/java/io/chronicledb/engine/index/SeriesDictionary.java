package io.chronicledb.engine.index;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The blocks in which the registry outlives the process; the package's description draws them.
 *
 * <p>A series that was collected must be gone from the blocks as well, before one names it again under its new id: the blocks that have
 * it are replaced by newly encoded ones.
 */
public final class SeriesDictionary {

  private static final byte[] MAGIC = "CHRSER".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 3;
  /** Gap, metric, length, and the shortest key: a length and one letter. */
  private static final int ENTRY_BYTES_MIN = 5;

  private static final int PLAIN = 0;
  private static final int SNAPPY = 1;
  /** Far more than a block is written with. */
  private static final int CONTENT_BYTES_MAX = 512 << 20;

  private SeriesDictionary() {}

  /** A block with the living series from {@code firstId} up to and without {@code endId}. */
  public static ByteBuffer encode(SeriesRegistry registry, int firstId, int endId) {
    SeriesTables series = registry.tables();
    int count = 0;
    for (int id = series.nextLive(firstId, endId);
        id < endId;
        id = series.nextLive(id + 1, endId)) {
      count++;
    }
    var out = new ByteWriter(64 + 96 * count);
    out.writeUnsignedVarint(firstId);
    out.writeUnsignedVarint(endId - firstId);
    out.writeUnsignedVarint(count);
    int next = firstId;
    int metric = 0;
    for (int id = series.nextLive(firstId, endId);
        id < endId;
        id = series.nextLive(id + 1, endId)) {
      out.writeUnsignedVarint(id - next);
      out.writeVarint((long) series.metricId(id) - metric);
      metric = series.metricId(id);
      series.write(id, out);
      next = id + 1;
    }
    return pack(out);
  }

  /** Keys share most of their bytes with the one before, so Snappy makes a quarter of them. */
  private static ByteBuffer pack(ByteWriter content) {
    byte[] packed = Snappy.compress(content.array(), 0, content.size());
    boolean wins = packed.length < content.size();
    var out = new ByteWriter(MAGIC.length + 3 + Math.min(packed.length, content.size()));
    out.writeBytes(MAGIC);
    out.writeByte(VERSION);
    out.writeByte(0);
    out.writeByte(wins ? SNAPPY : PLAIN);
    if (wins) {
      out.writeBytes(packed);
    } else {
      out.writeBytes(content.array(), 0, content.size());
    }
    return out.toByteBuffer();
  }

  /**
   * Registers the series of a block; blocks must come in the order of their ids. The limit of the index does not apply: what is stored
   * must be readable.
   *
   * @throws CorruptionException for bytes that are no such block, or do not go on where the registry ends; the registry may have part of
   *     the block then and must not be used
   * @throws ChronicleException with {@link ErrorCode#UNSUPPORTED} for another version of the format
   */
  public static void load(ByteBuffer block, SeriesRegistry registry) {
    ByteReader in = start(block);
    int firstId = readFirstId(in);
    if (firstId != registry.size()) {
      throw new CorruptionException(
          "series dictionary goes on with id " + firstId + " where " + registry.size() + " is due");
    }
    int endId = readEndId(in, firstId);
    registry.load(new Entries(in, firstId, endId));
    if (in.remaining() != 0) {
      throw new CorruptionException(
          in.remaining() + " bytes follow the last series of a dictionary block");
    }
  }

  /** The first id that a block covers. */
  public static int firstId(ByteBuffer block) {
    return readFirstId(start(block));
  }

  /** The id behind the last one that a block covers. */
  public static int endId(ByteBuffer block) {
    ByteReader in = start(block);
    return readEndId(in, readFirstId(in));
  }

  /** Leaves out ids whose series are not known any more, so that they are given to no others: the next one is {@code nextId}. */
  public static void skip(SeriesRegistry registry, int nextId) {
    registry.load(loader -> loader.end(nextId));
  }

  private static ByteReader start(ByteBuffer block) {
    var in =
        new ByteReader(block.array(), block.arrayOffset() + block.position(), block.remaining());
    if (!Arrays.equals(in.readBytes(MAGIC.length), MAGIC)) {
      throw new CorruptionException("no series dictionary starts here");
    }
    int version = in.readByte() | in.readByte() << 8;
    if (version != VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          "series dictionary version " + version
              + (version > VERSION
                  ? " is newer than this version of Chronicle reads"
                  : " was in use before the first release"));
    }
    int packing = in.readByte();
    if (packing == SNAPPY) {
      try {
        return new ByteReader(
            Snappy.uncompress(in.array(), in.arrayOffset(), in.remaining(), CONTENT_BYTES_MAX));
      } catch (BadDataException e) {
        throw new CorruptionException("series dictionary: " + e.getMessage());
      }
    }
    if (packing != PLAIN) {
      throw new CorruptionException("series dictionary is packed in the way " + packing);
    }
    return in;
  }

  private static int readFirstId(ByteReader in) {
    long firstId = in.readUnsignedVarint();
    if (firstId < 0 || firstId > Integer.MAX_VALUE) {
      throw new CorruptionException(
          "series dictionary goes on with id " + Long.toUnsignedString(firstId));
    }
    return (int) firstId;
  }

  private static int readEndId(ByteReader in, int firstId) {
    long ids = in.readUnsignedVarint();
    if (ids < 0 || ids > Integer.MAX_VALUE - firstId) {
      throw new CorruptionException(
          "series dictionary holds " + Long.toUnsignedString(ids) + " ids from " + firstId + " on");
    }
    return (int) (firstId + ids);
  }

  /** The series of a block. */
  private static final class Entries implements SeriesRegistry.Loading {

    private final ByteReader in;
    private final int endId;
    private int next;
    private long metric;

    Entries(ByteReader in, int firstId, int endId) {
      this.in = in;
      this.next = firstId;
      this.endId = endId;
    }

    @Override
    public void run(SeriesRegistry.Loader loader) {
      int count = in.readCount(ENTRY_BYTES_MIN);
      loader.expect(count);
      for (int i = 0; i < count; i++) {
        loadNext(loader);
      }
      loader.end(endId);
    }

    /** A method of its own, since the JVM compiles one after 200 calls but a loop after 60,000 rounds. */
    private void loadNext(SeriesRegistry.Loader loader) {
      int id = readId(in, next, endId);
      metric += in.readVarint();
      if (metric < 0 || metric > id) {
        throw new CorruptionException("series " + id + " has the metric id " + metric);
      }
      int length = in.readCount(1);
      loader.add(id, (int) metric, in.array(), in.arrayOffset(), length);
      in.skip(length);
      next = id + 1;
    }
  }

  private static int readId(ByteReader in, int next, int end) {
    long gap = in.readUnsignedVarint();
    if (gap < 0 || gap >= (long) end - next) {
      throw new CorruptionException("series dictionary holds an id that is "
          + Long.toUnsignedString(gap) + " above " + next + " where ids end at " + end);
    }
    return (int) (next + gap);
  }
}
