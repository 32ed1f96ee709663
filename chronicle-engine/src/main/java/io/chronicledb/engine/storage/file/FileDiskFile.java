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
 * again and the operation repeated: all operations are positional, hence repeatable. An fsync that is repeated on a new descriptor
 * still covers, and still reports, what was written through the old one.
 */
final class FileDiskFile implements DiskFile {

  private final Path path;
  private final boolean writable;
  private volatile FileChannel channel;
  private volatile boolean closed;

  FileDiskFile(Path path, boolean writable, FileChannel channel) {
    this.path = path;
    this.writable = writable;
    this.channel = channel;
  }

  static FileChannel openChannel(Path path, boolean writable) throws IOException {
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
    uninterrupted(open -> {
      open.force(true);
      return 0;
    });
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
    channel.close();
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
