package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;

/** How far back a log reaches, for those who decide what may be replayed from it. */
public final class WalCoverage {

  private WalCoverage() {}

  /** The first sequence of the oldest segment with a sound header; empty where there is none. */
  public static OptionalLong firstSequence(Disk disk, Path directory) throws IOException {
    for (long number : WalReader.segmentNumbers(disk, directory)) {
      try (DiskFile file = disk.open(directory.resolve(WalFormat.fileName(number)), false)) {
        var header = ByteBuffer.allocate(WalFormat.SEGMENT_HEADER_BYTES);
        if (file.read(0, header) < WalFormat.SEGMENT_HEADER_BYTES) {
          continue;
        }
        byte[] bytes = header.array();
        int body = bytes.length - 4;
        var in = new ByteReader(bytes);
        if (Arrays.equals(in.readBytes(WalFormat.MAGIC.length), WalFormat.MAGIC)
            && new ByteReader(bytes, body, 4).readInt() == Crc32c.of(bytes, 0, body)) {
          return OptionalLong.of(new ByteReader(bytes, body - 8, 8).readLong());
        }
      }
    }
    return OptionalLong.empty();
  }
}
