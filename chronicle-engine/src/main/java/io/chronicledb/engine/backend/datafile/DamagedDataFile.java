package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.DiskLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A data file of which nothing is taken for granted, and nothing is changed. As long as it is open nobody writes it: what a writer is in the
 * middle of would pass for damage. For one thread.
 */
public final class DamagedDataFile implements AutoCloseable {

  private final Path path;
  private final DiskFile file;
  /** Null where there is none to take. */
  private final @Nullable DiskLock lock;

  private final long size;
  private final List<FoundBlock> blocks;
  private final UUID databaseId;
  private final long created;

  private DamagedDataFile(
      Path path,
      DiskFile file,
      @Nullable DiskLock lock,
      List<FoundBlock> blocks,
      @Nullable FileHeader header,
      UUID databaseId)
      throws IOException {
    this.path = path;
    this.file = file;
    this.lock = lock;
    this.size = file.size();
    this.blocks = blocks;
    this.databaseId = databaseId;
    this.created = header == null ? 0 : header.created();
  }

  /**
   * Reads every page of the file.
   *
   * @param lockPath as for {@link DataFileBackend#open(Disk, Path, Path, java.time.InstantSource)}; where there is no such file, nothing ever
   *     wrote here
   * @param progress told the offset up to which the file has been read
   * @throws ChronicleException with {@code corruption} where it holds nothing of a database, {@code unsupported} where another version
   *     wrote it
   * @throws LockedException where the file is open for writing
   */
  public static DamagedDataFile open(Disk disk, Path path, Path lockPath, LongConsumer progress) {
    try {
      DiskLock lock = ReadOnlyDataFile.lockOut(disk, lockPath);
      if (lock == null && disk.exists(lockPath)) {
        throw new LockedException(path, lockPath);
      }
      try {
        return open(disk, path, lock, progress);
      } catch (IOException | RuntimeException e) {
        if (lock != null) {
          lock.close();
        }
        throw e;
      }
    } catch (IOException e) {
      throw new ChronicleException(ErrorCode.STORAGE_READ, "cannot read " + path + ": " + e, e);
    }
  }

  private static DamagedDataFile open(
      Disk disk, Path path, @Nullable DiskLock lock, LongConsumer progress) throws IOException {
    DiskFile file = disk.open(path, false);
    try {
      FileHeader header = readHeader(file, path);
      List<FoundBlock> blocks = walk(file, progress);
      UUID databaseId = header == null ? mostFrequentId(blocks, path) : header.databaseId();
      return new DamagedDataFile(path, file, lock, blocks, header, databaseId);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static @Nullable FileHeader readHeader(DiskFile file, Path path) throws IOException {
    try {
      return FileHeader.read(file, path);
    } catch (CorruptionException e) {
      return null;
    } catch (ChronicleException e) {
      FileHeader header = FileHeader.readWithoutVersion(file);
      if (header == null) {
        throw e;
      }
      return header;
    }
  }

  /** Every page that starts with a block's header that makes sense. */
  private static List<FoundBlock> walk(DiskFile file, LongConsumer progress) throws IOException {
    var found = new ArrayList<FoundBlock>();
    long size = file.size();
    new BlockWalk(file).run(Layout.FIRST_BLOCK_OFFSET, size, offset -> {
      progress.accept(offset);
      BlockFrame header = BlockWalk.header(file, offset);
      if (header == null || header.bytes() > size - offset) {
        return offset + Layout.PAGE;
      }
      boolean sound = isSound(file, offset, header);
      found.add(FoundBlock.of(header, offset, sound));
      return sound ? offset + Layout.roundToPage(header.bytes()) : offset + Layout.PAGE;
    });
    progress.accept(size);
    return found;
  }

  private static boolean isSound(DiskFile file, long offset, BlockFrame header) throws IOException {
    try {
      BlockFrame.decode(IndexBlock.readFully(file, offset, (int) header.bytes()));
      return true;
    } catch (ChronicleException e) {
      return false;
    }
  }

  private static UUID mostFrequentId(List<FoundBlock> blocks, Path path) {
    Map<UUID, Integer> counts = new HashMap<>();
    for (FoundBlock block : blocks) {
      if (block.sound()) {
        counts.merge(block.databaseId(), 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElseThrow(
            () -> new CorruptionException(
                path
                    + " holds neither the header of a Chronicle data file nor any block of one that is whole"));
  }

  public UUID databaseId() {
    return databaseId;
  }

  /** Every block with a readable header, by offset; index blocks and those of other databases included. */
  public List<FoundBlock> blocks() {
    return blocks;
  }

  /** Every root whose index is whole, the newest first, whatever became of the blocks that it names. */
  public List<Root> roots() {
    var roots = new ArrayList<Root>();
    for (FoundBlock block : blocks) {
      Root root = root(block);
      if (root != null) {
        roots.add(root);
      }
    }
    roots.sort(Comparator.comparingLong(Root::generation).reversed());
    return roots;
  }

  private @Nullable Root root(FoundBlock block) {
    if (!block.sound()
        || block.kind() != BlockKind.INDEX
        || !block.databaseId().equals(databaseId)) {
      return null;
    }
    try {
      ByteBuffer payload = payload(block);
      Root root = RootCodec.decode(
              new ByteReader(payload.array(), payload.position(), payload.remaining()))
          .root();
      return root.generation() == block.generation() ? root : null;
    } catch (CorruptionException e) {
      return null;
    }
  }

  /** The block that a root means, as it stands in its place now; null where another one does, or none. */
  public @Nullable FoundBlock find(StoredBlock block) {
    BlockPlace place = BlockPlace.of(block);
    for (FoundBlock found : blocks) {
      if (found.offset() == place.offset() && found.id() == block.id()) {
        return found.sound() || found.length() == block.length() ? found : null;
      }
    }
    return null;
  }

  /** The payload of a block, which is what was put where the block is sound. */
  public ByteBuffer payload(FoundBlock block) {
    return payload(
        block.offset() + Layout.blockHeaderBytes(block.replaces().size()), block.length());
  }

  /** The bytes where a root says that a block's payload is; shorter where the file ends before. */
  public ByteBuffer payload(StoredBlock block) {
    return payload(BlockPlace.of(block).payloadOffset(), block.length());
  }

  private ByteBuffer payload(long offset, int length) {
    int available = (int) Math.max(0, Math.min(length, size - offset));
    var buffer = ByteBuffer.allocate(available);
    try {
      file.read(offset, buffer);
    } catch (IOException e) {
      throw new ChronicleException(
          ErrorCode.STORAGE_READ, "cannot read " + path + " at offset " + offset + ": " + e, e);
    }
    return buffer.flip();
  }

  /**
   * Creates a data file for what is left of this one: of the same database, with block ids and generations that it never had.
   *
   * @param target must not exist; nothing guards it against other processes
   */
  public DataFileBackend createSuccessor(Disk disk, Path target) {
    long generation = 0;
    long nextId = 1;
    for (FoundBlock block : blocks) {
      if (block.sound() && block.databaseId().equals(databaseId)) {
        generation = Math.max(generation, block.generation());
        nextId = Math.max(nextId, block.id() + 1);
      }
    }
    try {
      var header = new FileHeader(databaseId, created);
      var root = new Root(generation + 1, 0, List.of());
      DataFileCreation.write(disk, target, header, root, nextId);
      return DataFileBackend.open(
          disk, target, () -> {}, new Readers(disk, target.resolveSibling("readers")));
    } catch (IOException e) {
      throw new ChronicleException(
          ErrorCode.STORAGE_WRITE, "cannot create " + target + ": " + e, e);
    }
  }

  @Override
  public void close() {
    try (DiskLock held = lock) {
      file.close();
    } catch (IOException e) {
      throw new ChronicleException(ErrorCode.STORAGE_READ, "cannot close " + path + ": " + e, e);
    }
  }
}
