package io.chronicledb.engine.partition;

import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.TimeRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/** The block in which a root keeps its deletions; the package's description draws it. */
public final class TombstoneList {

  private static final byte[] MAGIC = "CHRTMB".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int ALL_SERIES = 0;
  private static final int LISTED_SERIES = 1;
  private static final int ENTRY_BYTES_MIN = 4;

  private TombstoneList() {}

  static ByteBuffer encode(List<Tombstone> tombstones) {
    var out = new ByteWriter(64);
    out.writeBytes(MAGIC);
    out.writeByte(VERSION);
    out.writeByte(0);
    out.writeUnsignedVarint(tombstones.size());
    for (Tombstone tombstone : tombstones) {
      out.writeUnsignedVarint(tombstone.sequence());
      out.writeVarint(tombstone.range().start());
      out.writeUnsignedVarint(tombstone.range().end() - tombstone.range().start());
      RoaringBitmap series = tombstone.series();
      if (series == null) {
        out.writeByte(ALL_SERIES);
      } else {
        out.writeByte(LISTED_SERIES);
        var bitmap = ByteBuffer.allocate(series.serializedSizeInBytes());
        series.serialize(bitmap.order(ByteOrder.LITTLE_ENDIAN));
        out.writeUnsignedVarint(bitmap.capacity());
        out.writeBytes(bitmap.array());
      }
    }
    return out.toByteBuffer();
  }

  /**
   * Reads what encode wrote.
   *
   * @throws CorruptionException where it is something else
   */
  public static List<Tombstone> decode(ByteBuffer block) {
    var in =
        new ByteReader(block.array(), block.arrayOffset() + block.position(), block.remaining());
    if (!Arrays.equals(in.readBytes(MAGIC.length), MAGIC)) {
      throw new CorruptionException("no list of tombstones starts here");
    }
    int version = in.readByte() | in.readByte() << 8;
    if (version > VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          "tombstone list version " + version + " is newer than this version of Chronicle reads");
    }
    int count = in.readCount(ENTRY_BYTES_MIN);
    var tombstones = new ArrayList<Tombstone>(count);
    for (int i = 0; i < count; i++) {
      long sequence = in.readUnsignedVarint();
      long start = in.readVarint();
      long end = start + in.readUnsignedVarint();
      if (end < start) {
        throw new CorruptionException("tombstone " + i + " ends before it starts");
      }
      int series = in.readByte();
      if (series > LISTED_SERIES) {
        throw new CorruptionException("tombstone " + i + " has series of kind " + series);
      }
      RoaringBitmap listed = series == ALL_SERIES ? null : readBitmap(in);
      tombstones.add(new Tombstone(sequence, listed, new TimeRange(start, end)));
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes follow the last tombstone");
    }
    return tombstones;
  }

  private static RoaringBitmap readBitmap(ByteReader in) {
    int length = in.readCount(1);
    var bitmap = new RoaringBitmap();
    try {
      var bytes = ByteBuffer.wrap(in.array(), in.arrayOffset(), length).slice();
      bitmap.deserialize(bytes.order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException | RuntimeException e) {
      throw new CorruptionException("tombstone has no sound set of series: " + e.getMessage());
    }
    in.skip(length);
    return bitmap;
  }
}
