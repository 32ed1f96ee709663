package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.WriteFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Writes what the present root of a backend names into a data file of its own. The copy is another database: it has an id of its own, so
 * that no log of the original is ever replayed into it.
 */
public final class DataFileCopy {

  private DataFileCopy() {}

  /**
   * Copies block by block, each checked against its checksum before, while the original is written on. The file appears under its name when
   * all of it is durable.
   *
   * @param target must not exist; directories above it are created
   * @return bytes that the new file takes
   * @throws ChronicleException with {@code bad_data} where the target exists, {@code corruption} where a block is not what was put, or
   *     where the target cannot be written
   */
  public static long write(StorageBackend source, Disk disk, Path target, InstantSource clock) {
    if (disk.exists(target)) {
      throw new ChronicleException(
          ErrorCode.BAD_DATA, target + " exists; a copy is a new file and replaces none");
    }
    Path temporary = target.resolveSibling(target.getFileName() + ".new");
    try (StorageBackend.Pin pin = source.pin()) {
      disk.createDirectories(DataFileBackend.directoryOf(target));
      if (disk.exists(temporary)) {
        disk.delete(temporary);
      }
      long bytes;
      try {
        bytes = copy(source, source.root(), disk, temporary, clock);
      } catch (RuntimeException | Error | IOException e) {
        deleteQuietly(disk, temporary, e);
        throw e;
      }
      disk.rename(temporary, target);
      disk.syncDirectory(DataFileBackend.directoryOf(target));
      return bytes;
    } catch (IOException e) {
      throw WriteFailure.of("cannot copy " + source.name() + " to " + target, e);
    }
  }

  private static void deleteQuietly(Disk disk, Path file, Throwable reason) {
    try {
      if (disk.exists(file)) {
        disk.delete(file);
      }
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static long copy(
      StorageBackend source, Root root, Disk disk, Path target, InstantSource clock)
      throws IOException {
    var header = new FileHeader(UUID.randomUUID(), clock.millis() * 1_000_000L);
    DataFileCreation.write(disk, target, header, new Root(root.generation(), 0, List.of()), 1);
    try (DataFileBackend copy = DataFileBackend.open(
        disk, target, () -> {}, new Readers(disk, target.resolveSibling("readers")))) {
      var stored = new ArrayList<StoredBlock>(root.blocks().size());
      for (StoredBlock block : root.blocks()) {
        source.check(block);
        stored.add(copy.put(new NewBlock(
            block.kind(),
            block.firstSequence(),
            block.lastSequence(),
            block.window(),
            block.minTime(),
            block.maxTime(),
            block.firstOrder(),
            block.lastOrder(),
            block.count(),
            List.of(),
            source.read(block, 0, block.length()))));
      }
      // Twice, so that both slots name the blocks: neither must lead back to the empty root.
      for (int slot = 0; slot < 2; slot++) {
        Root before = copy.root();
        copy.commit(before, new Root(before.generation() + 1, root.checkpoint(), stored));
      }
      return copy.storageBytes();
    }
  }
}
