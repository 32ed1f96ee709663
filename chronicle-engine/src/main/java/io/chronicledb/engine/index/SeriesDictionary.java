package io.chronicledb.engine.index;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The blocks in which the registry outlives the process; the package's description draws them. */
public final class SeriesDictionary {

  private static final byte[] MAGIC = "CHRSER".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;

  private SeriesDictionary() {}

  /** A block with the series from {@code firstId} up to and without {@code endId}. */
  public static ByteBuffer encode(SeriesRegistry registry, int firstId, int endId) {
    var out = new ByteWriter(64 * (endId - firstId) + 16);
    out.writeBytes(MAGIC);
    out.writeByte(VERSION);
    out.writeByte(0);
    out.writeUnsignedVarint(firstId);
    out.writeUnsignedVarint(endId - firstId);
    for (int id = firstId; id < endId; id++) {
      registry.write(id, out);
    }
    return out.toByteBuffer();
  }

  /** Registers the series of a block; blocks must come in the order in which they were written. */
  public static void load(ByteBuffer block, SeriesRegistry registry) {
    ByteReader in = start(block);
    long firstId = in.readUnsignedVarint();
    if (firstId != registry.size()) {
      throw new CorruptionException(
          "series dictionary goes on with id " + firstId + " where " + registry.size() + " is due");
    }
    int count = in.readCount(3);
    for (int i = 0; i < count; i++) {
      int length = in.readCount(1);
      int id = registry.register(in.array(), in.arrayOffset(), length);
      if (id != firstId + i) {
        throw new CorruptionException("series dictionary holds series " + id + " twice");
      }
      in.skip(length);
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(
          in.remaining() + " bytes follow the last series of a dictionary block");
    }
  }

  /** The id of the first series that a block may hold. */
  public static long firstId(ByteBuffer block) {
    return start(block).readUnsignedVarint();
  }

  private static ByteReader start(ByteBuffer block) {
    var in =
        new ByteReader(block.array(), block.arrayOffset() + block.position(), block.remaining());
    if (!Arrays.equals(in.readBytes(MAGIC.length), MAGIC)) {
      throw new CorruptionException("no series dictionary starts here");
    }
    int version = in.readByte() | in.readByte() << 8;
    if (version > VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          "series dictionary version " + version
              + " is newer than this version of Chronicle reads");
    }
    return in;
  }
}
