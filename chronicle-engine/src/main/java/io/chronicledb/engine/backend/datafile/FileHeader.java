package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of the file.
 *
 * @param created nanoseconds since the epoch
 */
record FileHeader(UUID databaseId, long created) {

  void write(DiskFile file) throws IOException {
    var out = new ByteWriter(Layout.FILE_HEADER_BYTES);
    out.writeBytes(Layout.FILE_MAGIC);
    out.writeByte(Layout.VERSION);
    out.writeByte(0);
    out.writeLong(databaseId.getMostSignificantBits());
    out.writeLong(databaseId.getLeastSignificantBits());
    out.writeLong(created);
    out.writeInt(Crc32c.of(out.array(), 0, out.size()));
    file.write(Layout.HEADER_OFFSET, out.toByteBuffer());
  }

  static FileHeader read(DiskFile file, Path path) throws IOException {
    var buffer = ByteBuffer.allocate(Layout.FILE_HEADER_BYTES);
    int read = file.read(Layout.HEADER_OFFSET, buffer);
    var in = new ByteReader(buffer.array(), 0, read);
    if (read < Layout.FILE_MAGIC.length
        || !Arrays.equals(in.readBytes(Layout.FILE_MAGIC.length), Layout.FILE_MAGIC)) {
      throw new CorruptionException(
          path + " is not a Chronicle data file: it does not start with \"CHRDB1\"");
    }
    if (read < Layout.FILE_HEADER_BYTES) {
      throw new CorruptionException(path + " is cut off after " + read + " bytes");
    }
    int version = in.readByte() | in.readByte() << 8;
    if (version > Layout.VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          path + " has format version " + version + ", newer than the " + Layout.VERSION
              + " that this version of Chronicle reads; open it with the version that wrote it or a later one");
    }
    if (version < Layout.VERSION) {
      throw new ChronicleException(
          ErrorCode.UNSUPPORTED,
          path + " has format version " + version
              + ", which was in use before the first release and is not read any more; read it with the version that wrote it");
    }
    var databaseId = new UUID(in.readLong(), in.readLong());
    long created = in.readLong();
    if (in.readInt() != Crc32c.of(buffer.array(), 0, Layout.FILE_HEADER_BYTES - 4)) {
      throw new CorruptionException(path + ": the file header does not match its checksum");
    }
    return new FileHeader(databaseId, created);
  }

  /** A header whose checksum says that nothing but its version is damaged; null for any other. */
  static @Nullable FileHeader readWithoutVersion(DiskFile file) throws IOException {
    var buffer = ByteBuffer.allocate(Layout.FILE_HEADER_BYTES);
    if (file.read(Layout.HEADER_OFFSET, buffer) < Layout.FILE_HEADER_BYTES) {
      return null;
    }
    byte[] bytes = buffer.array();
    bytes[Layout.FILE_MAGIC.length] = Layout.VERSION;
    bytes[Layout.FILE_MAGIC.length + 1] = 0;
    int body = Layout.FILE_HEADER_BYTES - 4;
    var in = new ByteReader(bytes);
    in.skip(Layout.FILE_MAGIC.length + 2);
    return new ByteReader(bytes, body, 4).readInt() == Crc32c.of(bytes, 0, body)
        ? new FileHeader(new UUID(in.readLong(), in.readLong()), in.readLong())
        : null;
  }

  /** Whether the last writer gave back every block that no root names, and erased it, before it closed the file. */
  static boolean isClean(DiskFile file) throws IOException {
    var buffer = ByteBuffer.allocate(Layout.CLEAN_MAGIC.length);
    file.read(Layout.CLEAN_OFFSET, buffer);
    return Arrays.equals(buffer.array(), Layout.CLEAN_MAGIC);
  }

  static void markClean(DiskFile file, boolean clean) throws IOException {
    var mark = clean ? Layout.CLEAN_MAGIC : new byte[Layout.CLEAN_MAGIC.length];
    file.write(Layout.CLEAN_OFFSET, ByteBuffer.wrap(mark));
  }
}
