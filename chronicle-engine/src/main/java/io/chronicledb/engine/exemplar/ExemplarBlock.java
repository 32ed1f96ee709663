package io.chronicledb.engine.exemplar;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.ExemplarLabels;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The payload of a block of exemplars, in both directions; the package's description draws it. */
public final class ExemplarBlock {

  private static final byte[] MAGIC = "CHREXM".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int CRC_OFFSET = MAGIC.length;
  private static final int BODY_OFFSET = CRC_OFFSET + 4;
  private static final int HEADER_BYTES = BODY_OFFSET + 3;
  private static final int ROW_BYTES_MIN = 11;

  private static final int PLAIN = 0;
  private static final int SNAPPY = 1;
  /** Far more than a block is written with. */
  private static final int CONTENT_BYTES_MAX = 256 << 20;

  private ExemplarBlock() {}

  /** Takes the exemplars of a block, ascending. */
  @FunctionalInterface
  public interface Visitor {

    /** The labels' bytes are valid during the call. */
    void exemplar(
        int seriesId, long timestamp, double value, byte[] labels, int offset, int length);
  }

  /** @param rows ascending, each once */
  static ByteBuffer encode(ExemplarRows rows) {
    var content = new ByteWriter(16 + 24 * rows.size() + rows.labelSize());
    content.writeUnsignedVarint(rows.size());
    int previousId = 0;
    long previousTime = 0;
    for (int row = 0; row < rows.size(); row++) {
      content.writeUnsignedVarint(rows.series(row) - previousId);
      content.writeVarint(rows.timestamp(row) - previousTime);
      content.writeDouble(rows.value(row));
      content.writeUnsignedVarint(rows.labelLength(row));
      content.writeBytes(rows.labelBytes(), rows.labelStart(row), rows.labelLength(row));
      previousId = rows.series(row);
      previousTime = rows.timestamp(row);
    }
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

  /** The exemplars of a block as rows. */
  static ExemplarRows rows(ByteBuffer block) {
    var rows = new ExemplarRows(64);
    decode(block, rows::add);
    return rows;
  }

  /**
   * Reads what encode wrote.
   *
   * @return how many exemplars there were
   * @throws CorruptionException where it is something else; the visitor may have got a part of it then
   */
  public static int decode(ByteBuffer block, Visitor visitor) {
    ByteReader in = start(block);
    int count = in.readCount(ROW_BYTES_MIN);
    long id = 0;
    long time = 0;
    for (int row = 0; row < count; row++) {
      long step = in.readUnsignedVarint();
      id += step;
      if (step < 0 || step > Integer.MAX_VALUE || id > Integer.MAX_VALUE) {
        throw new CorruptionException("exemplar " + row + " of " + count + " is "
            + Long.toUnsignedString(step) + " series ids behind the one before");
      }
      time += in.readVarint();
      double value = in.readDouble();
      int length = in.readCount(1);
      if (length > ExemplarLabels.BYTES_MAX) {
        throw new CorruptionException(
            "exemplar " + row + " of " + count + " has labels of " + length + " bytes");
      }
      visitor.exemplar((int) id, time, value, in.array(), in.arrayOffset(), length);
      in.skip(length);
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes follow the last exemplar of a block");
    }
    return count;
  }

  private static ByteReader start(ByteBuffer block) {
    var in =
        new ByteReader(block.array(), block.arrayOffset() + block.position(), block.remaining());
    if (!Arrays.equals(in.readBytes(MAGIC.length), MAGIC)) {
      throw new CorruptionException("no block of exemplars starts here");
    }
    int stated = in.readInt();
    if (Crc32c.of(in.array(), in.arrayOffset(), in.remaining()) != stated) {
      throw new CorruptionException("a block of exemplars does not match its checksum");
    }
    int version = in.readByte() | in.readByte() << 8;
    if (version != VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          "exemplar block version " + version + " is not one that this version of Chronicle reads");
    }
    int packing = in.readByte();
    if (packing == SNAPPY) {
      try {
        return new ByteReader(
            Snappy.uncompress(in.array(), in.arrayOffset(), in.remaining(), CONTENT_BYTES_MAX));
      } catch (BadDataException e) {
        throw new CorruptionException("block of exemplars: " + e.getMessage());
      }
    }
    if (packing != PLAIN) {
      throw new CorruptionException("a block of exemplars is packed in the way " + packing);
    }
    return in;
  }
}
