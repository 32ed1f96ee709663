package io.chronicledb.engine.index;

import java.util.Arrays;

/**
 * The values of one tag name: a hash table whose entries are all that there is of a value.
 *
 * <pre>entry = │ hash of the value u32 │ postings code i32 │        0 empty, code 0 removed</pre>
 *
 * The bytes of a value are found in the key of any series that carries it. As long as {@link #slots} is the same array, a slot belongs to
 * the same value: removed entries are not filled again.
 */
final class TagValues {

  private static final int CAPACITY_MIN = 4;
  private static final int ARRAY_BYTES = 16;
  private static final int OBJECT_BYTES = 40;

  final byte[] name;

  private long[] slots = new long[CAPACITY_MIN];
  /** Slots that are not empty. */
  private int used;

  private int live;

  TagValues(byte[] name) {
    this.name = name;
  }

  long[] slots() {
    return slots;
  }

  /** The number of values. */
  int size() {
    return live;
  }

  int code(int slot) {
    return (int) slots[slot];
  }

  /** Sets the postings of a value that stays. */
  void setCode(int slot, int code) {
    slots[slot] = slots[slot] & 0xFFFF_FFFF_0000_0000L | code & 0xFFFF_FFFFL;
  }

  /** The slot of a value that is not there yet. */
  int insert(int valueHash, int code) {
    if ((used + 1) * 4L > slots.length * 3L) {
      rebuild();
    }
    used++;
    live++;
    return put(slots, entry(valueHash, code));
  }

  void remove(int slot) {
    setCode(slot, Postings.NONE);
    live--;
  }

  /** Gives memory back where most values are gone. */
  void compact() {
    if (slots.length > CAPACITY_MIN && live < slots.length / 4) {
      rebuild();
    }
  }

  private void rebuild() {
    // Half full, so that memory follows the values closely.
    var rebuilt = new long[Math.max(CAPACITY_MIN, 2 * (live + 1))];
    for (long entry : slots) {
      if ((int) entry != Postings.NONE) {
        put(rebuilt, entry);
      }
    }
    slots = rebuilt;
    used = live;
  }

  private static int put(long[] slots, long entry) {
    int at = ByteHash.slot(hash(entry), slots.length);
    while (slots[at] != 0) {
      at = at + 1 == slots.length ? 0 : at + 1;
    }
    slots[at] = entry;
    return at;
  }

  /** A removed entry must not look empty. */
  static int hash(byte[] bytes, int offset, int length) {
    int hash = ByteHash.of(bytes, offset, length);
    return hash == 0 ? 1 : hash;
  }

  static int hash(long entry) {
    return (int) (entry >>> 32);
  }

  private static long entry(int valueHash, int code) {
    return (long) valueHash << 32 | code & 0xFFFF_FFFFL;
  }

  boolean isNamed(byte[] bytes, int offset, int length) {
    return name.length == length && Arrays.equals(name, 0, length, bytes, offset, offset + length);
  }

  long bytes() {
    return OBJECT_BYTES + 2 * ARRAY_BYTES + name.length + 8L * slots.length;
  }
}
