package io.chronicledb.app.ingest.influx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Remembers which measurements came with which fields in one body, so that a line whose like was there before costs a few nanoseconds and
 * nothing is said twice. By hashes of 64 bits: should two layouts ever have the same, the fields of one are found by the names of their metrics.
 * Not thread-safe.
 */
final class FieldLayouts {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long PRIME = 0x9E3779B97F4A7C15L;
  private static final int SLOTS_MIN = 64;
  /** Past this, what was there is forgotten: saying something twice does no harm. */
  private static final int LAYOUTS_MAX = 1 << 14;

  private long[] slots = new long[SLOTS_MIN];
  private int used;
  private long hash;

  /** Starts a layout with the measurement's name. */
  void measurement(byte[] bytes, int start, int end) {
    hash = PRIME;
    add(bytes, start, end);
  }

  /** Goes on with the name of a field. */
  void add(byte[] bytes, int start, int end) {
    long mixed = hash + end - start;
    int at = start;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      mixed = mix(mixed ^ (long) LONGS.get(bytes, at));
    }
    long rest = 0;
    for (; at < end; at++) {
      rest = rest << Byte.SIZE | bytes[at] & 0xFF;
    }
    hash = mix(mixed ^ rest);
  }

  private static long mix(long value) {
    long product = value * PRIME;
    return product ^ product >>> 32;
  }

  /** Whether the layout was not there before; it is from here on. */
  boolean isNew() {
    long wanted = hash == 0 ? 1 : hash;
    int at = slot(wanted);
    if (slots[at] == wanted) {
      return false;
    }
    if (used >= LAYOUTS_MAX) {
      Arrays.fill(slots, 0);
      used = 0;
      at = slot(wanted);
    } else if (2 * used >= slots.length) {
      long[] before = slots;
      slots = new long[2 * before.length];
      for (long known : before) {
        if (known != 0) {
          slots[slot(known)] = known;
        }
      }
      at = slot(wanted);
    }
    slots[at] = wanted;
    used++;
    return true;
  }

  private int slot(long wanted) {
    int at = (int) (wanted & slots.length - 1);
    while (slots[at] != 0 && slots[at] != wanted) {
      at = at + 1 & slots.length - 1;
    }
    return at;
  }
}
