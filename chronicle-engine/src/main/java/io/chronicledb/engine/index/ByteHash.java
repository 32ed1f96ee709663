package io.chronicledb.engine.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Hashes byte strings, eight bytes a step. Seeded by process, so that nobody can prepare keys that collide. */
final class ByteHash {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long SEED = System.nanoTime() * 0x9E3779B97F4A7C15L;
  private static final long MULTIPLIER = 0xD6E8FEB86659FD93L;

  private ByteHash() {}

  static int of(byte[] bytes, int offset, int length) {
    long hash = SEED ^ length;
    int end = offset + length;
    int at = offset;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      hash = step(hash, (long) LONG.get(bytes, at));
    }
    if (at < end) {
      long rest = 0;
      for (; at < end; at++) {
        rest = rest << Byte.SIZE | bytes[at] & 0xFF;
      }
      hash = step(hash, rest);
    }
    hash *= MULTIPLIER;
    return (int) (hash >>> 32);
  }

  private static long step(long hash, long word) {
    long product = (hash ^ word) * MULTIPLIER;
    // The low bits of a product know nothing of the high bits of its factors.
    return product ^ product >>> 32;
  }

  /** Where a hash belongs in a table of any size, not just a power of two: tables in this order of hashes grow by one sequential pass. */
  static int slot(int hash, int capacity) {
    return (int) ((hash & 0xFFFF_FFFFL) * capacity >>> 32);
  }
}
