package io.chronicledb.engine.bytes;

/**
 * Appends bits, most significant first, to a {@link ByteWriter}. {@link #flush()} pads the last byte with zero bits. Not
 * thread-safe.
 */
public final class BitWriter {

  private final ByteWriter out;
  private long pending;
  private int pendingBits;

  public BitWriter(ByteWriter out) {
    this.out = out;
  }

  public void writeBit(boolean bit) {
    writeBits(bit ? 1 : 0, 1);
  }

  /** Appends the {@code count} low bits of {@code value}, 0 to 64 of them. */
  public void writeBits(long value, int count) {
    if (count > 32) {
      append(value >>> 32, count - 32);
      append(value, 32);
    } else {
      append(value, count);
    }
  }

  private void append(long value, int count) {
    if (count == 0) {
      return;
    }
    pending = (pending << count) | (value & (-1L >>> (64 - count)));
    pendingBits += count;
    while (pendingBits >= 8) {
      pendingBits -= 8;
      out.writeByte((int) (pending >>> pendingBits));
    }
  }

  public void flush() {
    if (pendingBits > 0) {
      out.writeByte((int) (pending << (8 - pendingBits)));
    }
    pending = 0;
    pendingBits = 0;
  }
}
