package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** An index block with the footer that seals it. */
final class IndexBlock {

  private IndexBlock() {}

  /**
   * @param id of the block itself
   * @param offset where it will stand, which has no influence on the length
   */
  static ByteWriter encode(UUID databaseId, Root root, long id, long offset) {
    ByteWriter payload = RootCodec.encode(root, id + 1);
    var frame = new BlockFrame(
        BlockKind.INDEX,
        payload.size(),
        databaseId,
        id,
        root.generation(),
        0,
        root.checkpoint(),
        List.of());
    ByteWriter out = frame.encode(payload.toByteBuffer());
    int indexBytes = out.size();
    out.writeBytes(Layout.FOOTER_MAGIC);
    out.writeByte(0);
    out.writeLong(offset);
    out.writeInt(indexBytes);
    out.writeLong(root.generation());
    out.writeInt(Crc32c.of(out.array(), indexBytes, out.size() - indexBytes));
    return out;
  }

  /** Reads and checks footer, index and the places that it names. */
  static Generation read(
      DiskFile file, UUID databaseId, long footerOffset, long generation, int slot)
      throws IOException {
    ByteReader footer = readFully(file, footerOffset, Layout.FOOTER_BYTES);
    checkSum(footer, Layout.FOOTER_MAGIC, "footer");
    footer.skip(1);
    long indexOffset = footer.readLong();
    int indexBytes = footer.readInt();
    if (footer.readLong() != generation || indexOffset + indexBytes != footerOffset) {
      throw new CorruptionException(
          "footer at offset " + footerOffset + " belongs to another generation");
    }
    ByteReader index = readFully(file, indexOffset, indexBytes);
    BlockFrame frame = BlockFrame.decode(index);
    if (frame.kind() != BlockKind.INDEX
        || !frame.databaseId().equals(databaseId)
        || frame.generation() != generation) {
      throw new CorruptionException(
          "block at offset " + indexOffset + " is not the index of generation " + generation);
    }
    RootCodec.Index decoded = RootCodec.decode(index);
    var found = new Generation(
        decoded.root(),
        slot,
        Extent.of(indexOffset, footerOffset + Layout.FOOTER_BYTES - indexOffset),
        decoded.nextBlockId());
    found.checkPlaces(file.size());
    return found;
  }

  static ByteReader readFully(DiskFile file, long offset, int length) throws IOException {
    if (offset < 0 || length < 0 || length > file.size() - offset) {
      throw new CorruptionException(
          "offset " + offset + "+" + length + " lies outside of the file");
    }
    var buffer = ByteBuffer.allocate(length);
    file.read(offset, buffer);
    return new ByteReader(buffer.array());
  }

  /** Checks the crc in the last four bytes, and passes over the magic. */
  static void checkSum(ByteReader in, byte[] magic, String what) {
    int body = in.remaining() - 4;
    int expected = Crc32c.of(in.array(), in.arrayOffset(), body);
    var tail = new ByteReader(in.array(), in.arrayOffset() + body, 4);
    if (tail.readInt() != expected || !Arrays.equals(in.readBytes(magic.length), magic)) {
      throw new CorruptionException(what + " does not match its checksum");
    }
  }
}
