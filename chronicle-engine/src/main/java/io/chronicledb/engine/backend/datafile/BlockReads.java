package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Reads the blocks that a root names. Thread-safe.
 *
 * <p>A block whose write was lost, or that was written over another, is sound in itself. So whoever reads a block's first bytes, which is
 * what opening one does, also has its header looked at: that costs no further access.
 */
record BlockReads(DiskFile file, Path path, UUID databaseId) {

  ByteBuffer read(StoredBlock block, long offset, int length) {
    if (offset < 0 || length < 0 || offset > block.length() - (long) length) {
      throw new CorruptionException(path + ": block " + block.id() + " of " + block.length()
          + " bytes ends before " + offset + "+" + length);
    }
    BlockPlace place = BlockPlace.of(block);
    int header = offset == 0 ? (int) (place.payloadOffset() - place.offset()) : 0;
    long from = place.payloadOffset() + offset - header;
    var buffer = ByteBuffer.allocate(header + length);
    try {
      int read = file.read(from, buffer);
      if (read < header + length) {
        throw new CorruptionException(
            path + " ends within block " + block.id() + " at offset " + (from + read));
      }
    } catch (IOException e) {
      throw readFailed(from, e);
    }
    buffer.flip();
    if (header > 0) {
      checkHeader(block, place, buffer.array());
      buffer.position(header);
    }
    return buffer;
  }

  private void checkHeader(StoredBlock block, BlockPlace place, byte[] bytes) {
    try {
      BlockFrame frame = BlockFrame.decodeHeader(new ByteReader(bytes, 0, bytes.length));
      if (!RootSearch.isHeaderOf(frame, block, databaseId)) {
        throw new CorruptionException("block " + frame.id() + " stands in its place");
      }
    } catch (CorruptionException e) {
      throw damaged(block, place, e);
    }
  }

  void check(StoredBlock block) {
    BlockPlace place = BlockPlace.of(block);
    var buffer = ByteBuffer.allocate((int) place.bytes(block.length()));
    try {
      int read = file.read(place.offset(), buffer);
      BlockFrame frame = BlockFrame.decode(new ByteReader(buffer.array(), 0, read));
      if (!RootSearch.isHeaderOf(frame, block, databaseId)) {
        throw new CorruptionException("block " + frame.id() + " stands in its place");
      }
    } catch (CorruptionException e) {
      throw damaged(block, place, e);
    } catch (IOException e) {
      throw readFailed(place.offset(), e);
    }
  }

  private CorruptionException damaged(StoredBlock block, BlockPlace place, CorruptionException e) {
    return new CorruptionException(
        path + ", block " + block.id() + " at offset " + place.offset() + ": " + e.getMessage());
  }

  private ChronicleException readFailed(long offset, IOException e) {
    return new ChronicleException(
        ErrorCode.STORAGE_READ, "cannot read " + path + " at offset " + offset + ": " + e, e);
  }
}
