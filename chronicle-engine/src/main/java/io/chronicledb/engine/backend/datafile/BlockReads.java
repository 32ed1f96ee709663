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

/** Reads the blocks that a root names. Thread-safe. */
record BlockReads(DiskFile file, Path path, UUID databaseId) {

  ByteBuffer read(StoredBlock block, long offset, int length) {
    if (offset < 0 || length < 0 || offset > block.length() - (long) length) {
      throw new CorruptionException(path + ": block " + block.id() + " of " + block.length()
          + " bytes ends before " + offset + "+" + length);
    }
    var buffer = ByteBuffer.allocate(length);
    long from = BlockPlace.of(block).payloadOffset() + offset;
    try {
      int read = file.read(from, buffer);
      if (read < length) {
        throw new CorruptionException(
            path + " ends within block " + block.id() + " at offset " + (from + read));
      }
    } catch (IOException e) {
      throw readFailed(from, e);
    }
    return buffer.flip();
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
      throw new CorruptionException(
          path + ", block " + block.id() + " at offset " + place.offset() + ": " + e.getMessage());
    } catch (IOException e) {
      throw readFailed(place.offset(), e);
    }
  }

  private ChronicleException readFailed(long offset, IOException e) {
    return new ChronicleException(
        ErrorCode.STORAGE_READ, "cannot read " + path + " at offset " + offset + ": " + e, e);
  }
}
