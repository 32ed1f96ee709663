package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Makes a data file that holds no blocks. */
final class DataFileCreation {

  private DataFileCreation() {}

  /** Completes the file under a temporary name, so that the final name only ever is a whole file. */
  static void create(Disk disk, Path path, FileHeader header) throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + ".new");
    if (disk.exists(temporary)) {
      disk.delete(temporary);
    }
    write(disk, temporary, header, Root.EMPTY, 1);
    disk.rename(temporary, path);
    disk.syncDirectory(DataFileBackend.directoryOf(path));
  }

  /** @param indexId the id of the first index block; blocks count on from there */
  static void write(Disk disk, Path path, FileHeader header, Root root, long indexId)
      throws IOException {
    try (DiskFile file = disk.create(path)) {
      header.write(file);
      ByteWriter index =
          IndexBlock.encode(header.databaseId(), root, indexId, Layout.FIRST_BLOCK_OFFSET);
      file.write(Layout.FIRST_BLOCK_OFFSET, index.toByteBuffer());
      RootSlots.write(
          file,
          0,
          root.generation(),
          Layout.FIRST_BLOCK_OFFSET + index.size() - Layout.FOOTER_BYTES);
      // Takes the room of the other slot now, so that a full disk cannot fail the first commit
      // there.
      file.write(Layout.SLOT_OFFSETS[1], ByteBuffer.allocate(Layout.PAGE));
      FileHeader.markClean(file, true);
      file.sync();
    }
  }
}
