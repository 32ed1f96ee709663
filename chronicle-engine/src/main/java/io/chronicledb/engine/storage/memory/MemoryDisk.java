package io.chronicledb.engine.storage.memory;

import io.chronicledb.engine.storage.Disk;
import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.DiskLock;
import io.chronicledb.engine.storage.HeldLocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Files in memory; they live as long as the instance. */
public final class MemoryDisk implements Disk {

  private final Map<Path, Content> files = new ConcurrentHashMap<>();
  private final HeldLocks locks = new HeldLocks();

  @Override
  public DiskFile create(Path path) throws IOException {
    var content = new Content();
    if (files.putIfAbsent(path, content) != null) {
      throw new FileAlreadyExistsException(path.toString());
    }
    return new OpenFile(content);
  }

  @Override
  public DiskFile open(Path path, boolean writable) throws IOException {
    Content content = files.get(path);
    if (content == null) {
      throw new NoSuchFileException(path.toString());
    }
    return new OpenFile(content);
  }

  @Override
  public boolean exists(Path path) {
    return files.containsKey(path);
  }

  @Override
  public List<String> list(Path directory) {
    var names = new ArrayList<String>();
    for (Path path : files.keySet()) {
      if (directory.equals(path.getParent())) {
        names.add(path.getFileName().toString());
      }
    }
    return names;
  }

  @Override
  public void delete(Path path) throws IOException {
    if (files.remove(path) == null) {
      throw new NoSuchFileException(path.toString());
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Content content = files.remove(from);
    if (content == null) {
      throw new NoSuchFileException(from.toString());
    }
    files.put(to, content);
  }

  @Override
  public void createDirectories(Path directory) {}

  @Override
  public void syncDirectory(Path directory) {}

  @Override
  public @Nullable DiskLock tryLock(Path path) {
    files.putIfAbsent(path, new Content());
    return locks.tryExclusive(path);
  }

  @Override
  public @Nullable DiskLock tryLockShared(Path path) throws IOException {
    if (!files.containsKey(path)) {
      throw new NoSuchFileException(path.toString());
    }
    return locks.tryShared(path);
  }

  /** The bytes of one file. */
  private static final class Content {

    private byte[] bytes = new byte[4096];
    private int size;

    synchronized int read(long position, ByteBuffer into) {
      int count = (int) Math.max(0, Math.min(into.remaining(), size - position));
      into.put(bytes, (int) Math.min(position, size), count);
      return count;
    }

    synchronized void write(long position, ByteBuffer from) throws IOException {
      long end = position + from.remaining();
      if (end > Integer.MAX_VALUE - 8) {
        throw new IOException("a file in memory holds at most 2 GiB");
      }
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, (int)
            Math.min(Integer.MAX_VALUE - 8, Math.max(end, bytes.length * 3L / 2)));
      }
      from.get(bytes, (int) position, from.remaining());
      size = (int) Math.max(size, end);
    }

    synchronized void truncate(long newSize) {
      if (newSize < size) {
        Arrays.fill(bytes, (int) newSize, size, (byte) 0);
        size = (int) newSize;
      }
    }

    synchronized long size() {
      return size;
    }
  }

  private record OpenFile(Content content) implements DiskFile {

    @Override
    public int read(long position, ByteBuffer into) {
      return content.read(position, into);
    }

    @Override
    public void write(long position, ByteBuffer from) throws IOException {
      content.write(position, from);
    }

    @Override
    public void sync() {}

    @Override
    public long size() {
      return content.size();
    }

    @Override
    public void truncate(long size) {
      content.truncate(size);
    }

    @Override
    public void close() {}
  }
}
