package io.chronicledb.engine.metadata;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.MetricType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Metadata as bytes, in the log and in its block; the package's description draws them. */
public final class MetadataFormat {

  private static final byte[] MAGIC = "CHRMTD".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int CRC_OFFSET = MAGIC.length;
  private static final int BODY_OFFSET = CRC_OFFSET + 4;
  private static final int HEADER_BYTES = BODY_OFFSET + 3;

  private static final int PLAIN = 0;
  private static final int SNAPPY = 1;
  private static final int CONTENT_BYTES_MAX = 256 << 20;

  private static final int METRIC = 0;
  private static final int FIELD = 1;
  private static final int CHANGE_BYTES_MIN = 3;

  private MetadataFormat() {}

  /** Appends changes, headed by their count. */
  public static void encode(List<MetadataChange> changes, ByteWriter out) {
    out.writeUnsignedVarint(changes.size());
    for (MetadataChange change : changes) {
      if (change instanceof MetadataChange.OfMetric metric) {
        out.writeByte(METRIC);
        out.writeString(metric.metric());
        out.writeByte(metric.metadata().type().id());
        out.writeString(metric.metadata().help());
        out.writeString(metric.metadata().unit());
      } else if (change instanceof MetadataChange.Field field) {
        out.writeByte(FIELD);
        out.writeString(field.measurement());
        out.writeString(field.field());
      }
    }
  }

  /**
   * Reads what {@link #encode} wrote, up to the end.
   *
   * @throws CorruptionException where it is something else; the receiver may have got a part of it then
   */
  public static void decode(ByteReader in, Consumer<MetadataChange> into) {
    int count = in.readCount(CHANGE_BYTES_MIN);
    for (int i = 0; i < count; i++) {
      int what = in.readByte();
      if (what > FIELD) {
        throw new CorruptionException("metadata change " + i + " is of the unknown kind " + what);
      }
      String name = in.readString();
      try {
        into.accept(
            what == METRIC
                ? new MetadataChange.OfMetric(
                    name,
                    new MetricMetadata(
                        MetricType.of(in.readByte()), in.readString(), in.readString()))
                : new MetadataChange.Field(name, in.readString()));
      } catch (BadDataException e) {
        throw new CorruptionException("metadata change " + i + ": " + e.getMessage());
      }
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes follow the last metadata change");
    }
  }

  /** A block of all that is known. */
  static ByteBuffer encodeBlock(List<MetadataChange> all) {
    var content = new ByteWriter(64 + 64 * all.size());
    encode(all, content);
    byte[] packed = Snappy.compress(content.array(), 0, content.size());
    boolean wins = packed.length < content.size();
    var out = new ByteWriter(HEADER_BYTES + Math.min(packed.length, content.size()));
    out.writeBytes(MAGIC);
    out.writeInt(0);
    out.writeByte(VERSION);
    out.writeByte(0);
    out.writeByte(wins ? SNAPPY : PLAIN);
    if (wins) {
      out.writeBytes(packed);
    } else {
      out.writeBytes(content.array(), 0, content.size());
    }
    out.setInt(CRC_OFFSET, Crc32c.of(out.array(), BODY_OFFSET, out.size() - BODY_OFFSET));
    return out.toByteBuffer();
  }

  /**
   * Reads a block.
   *
   * @return how many entries it has
   * @throws CorruptionException where it is something else; the receiver may have got a part of it then
   */
  public static int decodeBlock(ByteBuffer block, Consumer<MetadataChange> into) {
    var in =
        new ByteReader(block.array(), block.arrayOffset() + block.position(), block.remaining());
    if (!Arrays.equals(in.readBytes(MAGIC.length), MAGIC)) {
      throw new CorruptionException("no block of metadata starts here");
    }
    int stated = in.readInt();
    if (Crc32c.of(in.array(), in.arrayOffset(), in.remaining()) != stated) {
      throw new CorruptionException("the block of metadata does not match its checksum");
    }
    int version = in.readByte() | in.readByte() << 8;
    if (version != VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          "metadata block version " + version + " is not one that this version of Chronicle reads");
    }
    int packing = in.readByte();
    if (packing > SNAPPY) {
      throw new CorruptionException("the block of metadata is packed in the way " + packing);
    }
    ByteReader content = packing == PLAIN ? in : uncompressed(in);
    var count = new int[1];
    decode(content, change -> {
      count[0]++;
      into.accept(change);
    });
    return count[0];
  }

  private static ByteReader uncompressed(ByteReader in) {
    try {
      return new ByteReader(
          Snappy.uncompress(in.array(), in.arrayOffset(), in.remaining(), CONTENT_BYTES_MAX));
    } catch (BadDataException e) {
      throw new CorruptionException("block of metadata: " + e.getMessage());
    }
  }
}
