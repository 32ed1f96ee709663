package io.chronicledb.engine.storage.file;

import io.chronicledb.engine.storage.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that outlives its callers' interrupts. The JDK closes a {@link FileChannel} under every user when one thread is interrupted
 * inside it. So the interrupt is put aside before each operation, and where one still arrives in the middle, the channel is opened
 * again and the operation repeated: all operations are positional, hence repeatable.
 *
 * <p>Only a sync is not, since the kernel reports a failure once. It has a channel of its own, which no caller's thread ever enters and which
 * is opened with the file, so that it reports whatever goes wrong from then on.
 */
final class FileDiskFile implements DiskFile {

  private final Path path;
  private final boolean writable;
  private final Syncer syncer;
  private final FileChannel syncChannel;
  private volatile FileChannel channel;
  private volatile boolean closed;

  private FileDiskFile(
      Path path, boolean writable, FileChannel channel, FileChannel syncChannel, Syncer syncer) {
    this.path = path;
    this.writable = writable;
    this.channel = channel;
    this.syncChannel = syncChannel;
    this.syncer = syncer;
  }

  static FileDiskFile create(Path path, Syncer syncer) throws IOException {
    FileChannel channel = FileChannel.open(
        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return of(path, true, channel, syncer);
  }

  static FileDiskFile open(Path path, boolean writable, Syncer syncer) throws IOException {
    return of(path, writable, openChannel(path, writable), syncer);
  }

  private static FileDiskFile of(Path path, boolean writable, FileChannel channel, Syncer syncer)
      throws IOException {
    try {
      // What is only read is not synced, and has no need of a second descriptor.
      FileChannel syncChannel = writable ? openChannel(path, true) : channel;
      return new FileDiskFile(path, writable, channel, syncChannel, syncer);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel openChannel(Path path, boolean writable) throws IOException {
    return writable
        ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
        : FileChannel.open(path, StandardOpenOption.READ);
  }

  @Override
  public int read(long position, ByteBuffer into) throws IOException {
    int start = into.position();
    return (int) uninterrupted(open -> {
      into.position(start);
      while (into.hasRemaining()) {
        if (open.read(into, position + into.position() - start) < 0) {
          break;
        }
      }
      return into.position() - start;
    });
  }

  @Override
  public void write(long position, ByteBuffer from) throws IOException {
    int start = from.position();
    uninterrupted(open -> {
      from.position(start);
      while (from.hasRemaining()) {
        int written = open.write(from, position + from.position() - start);
        if (written <= 0) {
          throw new EOFException("wrote " + written + " bytes to " + path);
        }
      }
      return 0;
    });
  }

  @Override
  public void sync() throws IOException {
    syncer.force(syncChannel, false);
  }

  @Override
  public long size() throws IOException {
    return uninterrupted(FileChannel::size);
  }

  @Override
  public void truncate(long size) throws IOException {
    uninterrupted(open -> {
      open.truncate(size);
      return 0;
    });
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
    }
    try (FileChannel closing = syncChannel) {
      channel.close();
    }
  }

  private interface Operation {
    long run(FileChannel channel) throws IOException;
  }

  private long uninterrupted(Operation operation) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        interrupted |= Thread.interrupted();
        FileChannel open = channel;
        try {
          return operation.run(open);
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
          reopen(open, e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Replaces the channel that an interrupt closed, unless another thread did so already. */
  private synchronized void reopen(FileChannel failed, ClosedChannelException cause)
      throws IOException {
    if (closed) {
      throw cause;
    }
    if (channel == failed) {
      channel = openChannel(path, writable);
    }
  }
}
