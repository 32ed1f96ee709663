package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The frame of blocks that are read as a whole: compressed where that wins.
 *
 * <pre>
 * │ magic │ crc32c u32 over all that follows │ version u16 │ packing u8: 0 none, 1 Snappy │ content │
 * </pre>
 *
 * @param magic ASCII
 * @param version the only one that is read
 * @param name how errors call the block
 */
public record PackedBlock(String magic, int version, String name) {

  private static final int PLAIN = 0;
  private static final int SNAPPY = 1;
  /** Far more than a block is written with. */
  private static final int CONTENT_BYTES_MAX = 256 << 20;

  private byte[] magicBytes() {
    return magic.getBytes(StandardCharsets.US_ASCII);
  }

  /** The block with that content. */
  public ByteBuffer write(ByteWriter content) {
    byte[] packed = Snappy.compress(content.array(), 0, content.size());
    boolean wins = packed.length < content.size();
    var out = new ByteWriter(16 + Math.min(packed.length, content.size()));
    out.writeBytes(magicBytes());
    int checksum = out.size();
    out.writeInt(0);
    int body = out.size();
    out.writeByte(version);
    out.writeByte(version >>> 8);
    out.writeByte(wins ? SNAPPY : PLAIN);
    if (wins) {
      out.writeBytes(packed);
    } else {
      out.writeBytes(content.array(), 0, content.size());
    }
    out.setInt(checksum, Crc32c.of(out.array(), body, out.size() - body));
    return out.toByteBuffer();
  }

  /**
   * The content of a block.
   *
   * @throws CorruptionException where it is no such block, or a damaged one
   * @throws ChronicleException with {@link ErrorCode#UNSUPPORTED} for another version
   */
  public ByteReader open(ByteBuffer block) {
    var in =
        new ByteReader(block.array(), block.arrayOffset() + block.position(), block.remaining());
    byte[] expected = magicBytes();
    if (!Arrays.equals(in.readBytes(expected.length), expected)) {
      throw new CorruptionException("no " + name + " starts here");
    }
    int stated = in.readInt();
    if (Crc32c.of(in.array(), in.arrayOffset(), in.remaining()) != stated) {
      throw new CorruptionException("a " + name + " does not match its checksum");
    }
    int found = in.readByte() | in.readByte() << 8;
    if (found != version) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          "version " + found + " of a " + name
              + " is not one that this version of Chronicle reads");
    }
    int packing = in.readByte();
    if (packing > SNAPPY) {
      throw new CorruptionException("a " + name + " is packed in the way " + packing);
    }
    return packing == PLAIN ? in : unpacked(in);
  }

  private ByteReader unpacked(ByteReader in) {
    try {
      return new ByteReader(
          Snappy.uncompress(in.array(), in.arrayOffset(), in.remaining(), CONTENT_BYTES_MAX));
    } catch (BadDataException e) {
      throw new CorruptionException(name + ": " + e.getMessage());
    }
  }
}
