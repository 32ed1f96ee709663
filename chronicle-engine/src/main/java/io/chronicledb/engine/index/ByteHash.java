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

  private static final long HIGH_BITS = 0x8080808080808080L;

  private ByteHash() {}

  static int of(byte[] bytes, int offset, int length) {
    return hash(scan(bytes, offset, length));
  }

  /** The hash of bytes, and whether they are ASCII, in one pass: see {@link #hash} and {@link #isAscii}. */
  static long scan(byte[] bytes, int offset, int length) {
    long hash = SEED ^ length;
    long seen = 0;
    int end = offset + length;
    int at = offset;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      long word = (long) LONG.get(bytes, at);
      seen |= word;
      hash = step(hash, word);
    }
    if (at < end) {
      long rest = 0;
      for (; at < end; at++) {
        rest = rest << Byte.SIZE | bytes[at] & 0xFF;
      }
      seen |= rest;
      hash = step(hash, rest);
    }
    hash *= MULTIPLIER;
    return hash & 0xFFFF_FFFF_0000_0000L | ((seen & HIGH_BITS) == 0 ? 1 : 0);
  }

  static int hash(long scan) {
    return (int) (scan >>> 32);
  }

  static boolean isAscii(long scan) {
    return (int) scan != 0;
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
