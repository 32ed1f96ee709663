package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** The header that makes a block in the file describe itself. */
record BlockFrame(
    BlockKind kind,
    int length,
    UUID databaseId,
    long id,
    long generation,
    long firstSequence,
    long lastSequence,
    List<Long> replaces) {

  /** Bytes of header and payload. */
  long bytes() {
    return (long) Layout.blockHeaderBytes(replaces.size()) + length;
  }

  /** Header and payload as one run of bytes. */
  ByteWriter encode(ByteBuffer payload) {
    if (replaces.size() > Layout.REPLACED_MAX) {
      throw new IllegalArgumentException(
          "a block replaces at most " + Layout.REPLACED_MAX + " others, not " + replaces.size());
    }
    var out =
        new ByteWriter(Layout.blockHeaderBytes(replaces.size()) + length + Layout.FOOTER_BYTES);
    out.writeBytes(Layout.BLOCK_MAGIC);
    out.writeInt(0);
    out.writeByte(kind.id());
    out.writeByte(Layout.VERSION);
    out.writeByte(0);
    out.writeByte(0);
    out.writeInt(length);
    out.writeLong(databaseId.getMostSignificantBits());
    out.writeLong(databaseId.getLeastSignificantBits());
    out.writeLong(id);
    out.writeLong(generation);
    out.writeLong(firstSequence);
    out.writeLong(lastSequence);
    out.writeInt(replaces.size());
    replaces.forEach(out::writeLong);
    out.writeBytes(payload.array(), payload.arrayOffset() + payload.position(), length);
    int crc = Crc32c.of(out.array(), Layout.BLOCK_CRC_END, out.size() - Layout.BLOCK_CRC_END);
    out.setInt(Layout.BLOCK_CRC_OFFSET, crc);
    return out;
  }

  /** Checks a whole block, header and payload; the payload is what remains in {@code in}. */
  static BlockFrame decode(ByteReader in) {
    int start = in.arrayOffset();
    int total = in.remaining();
    int stated = readStart(in);
    int crc = Crc32c.of(in.array(), start + Layout.BLOCK_CRC_END, total - Layout.BLOCK_CRC_END);
    if (crc != stated) {
      throw new CorruptionException("block does not match its checksum");
    }
    BlockFrame frame = readRest(in);
    if (frame.length != in.remaining()) {
      throw new CorruptionException(
          "block of " + frame.length + " bytes where " + in.remaining() + " are expected");
    }
    return frame;
  }

  /**
   * Reads a header whose checksum, which covers the payload too, is not known to be right. A file of a newer format says so in its own
   * header, so a version or a kind that is not ours is damage.
   */
  static BlockFrame decodeHeader(ByteReader in) {
    try {
      readStart(in);
      BlockFrame frame = readRest(in);
      if (frame.length < 0) {
        throw new CorruptionException("block of " + frame.length + " bytes");
      }
      return frame;
    } catch (CorruptionException e) {
      throw e;
    } catch (ChronicleException e) {
      throw new CorruptionException(String.valueOf(e.getMessage()));
    }
  }

  /** The checksum that the header states. */
  private static int readStart(ByteReader in) {
    if (!Arrays.equals(in.readBytes(Layout.BLOCK_MAGIC.length), Layout.BLOCK_MAGIC)) {
      throw new CorruptionException("no block starts here");
    }
    return in.readInt();
  }

  private static BlockFrame readRest(ByteReader in) {
    int kind = in.readByte();
    int version = in.readByte();
    if (version > Layout.VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          "block header version " + version + " is newer than this version of Chronicle reads");
    }
    in.skip(2);
    int length = in.readInt();
    var databaseId = new UUID(in.readLong(), in.readLong());
    long id = in.readLong();
    long generation = in.readLong();
    long firstSequence = in.readLong();
    long lastSequence = in.readLong();
    int replaced = in.readInt();
    if (replaced < 0 || replaced > Layout.REPLACED_MAX || replaced * 8L > in.remaining()) {
      throw new CorruptionException("block claims to replace " + replaced + " others");
    }
    var replaces = new ArrayList<Long>(replaced);
    for (int i = 0; i < replaced; i++) {
      replaces.add(in.readLong());
    }
    return new BlockFrame(
        BlockKind.of(kind),
        length,
        databaseId,
        id,
        generation,
        firstSequence,
        lastSequence,
        List.copyOf(replaces));
  }
}
