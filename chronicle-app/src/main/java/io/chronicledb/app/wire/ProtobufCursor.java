package io.chronicledb.app.wire;

import io.chronicledb.engine.error.BadDataException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Walks the fields of one protobuf message in a range of an array, without copies. After {@link #next()}, the field must be read with
 * the method of its type or passed over with {@link #skip()}. Every length is checked against the range; malformed input is a
 * {@link BadDataException} with the offset in the array. Reusable through {@link #reset}; not thread-safe.
 */
public final class ProtobufCursor {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;
  private static final int FIELD_MAX = (1 << 29) - 1;

  private byte[] bytes = new byte[0];
  private int position;
  private int end;
  private int field;
  private int wireType;
  private int contentStart;
  private int contentEnd;

  /** Starts over at the first field of the message from {@code start} to {@code end}. */
  public ProtobufCursor reset(byte[] newBytes, int start, int newEnd) {
    if (start < 0 || start > newEnd || newEnd > newBytes.length) {
      throw new IndexOutOfBoundsException(start + " to " + newEnd + " of " + newBytes.length);
    }
    bytes = newBytes;
    position = start;
    end = newEnd;
    return this;
  }

  /** Moves to the next field; false at the end of the message. */
  public boolean next() {
    if (position == end) {
      return false;
    }
    int at = position;
    long tag = readVarint();
    long number = tag >>> 3;
    wireType = (int) (tag & 7);
    if (number == 0 || number > FIELD_MAX) {
      throw malformed(at, "field number " + Long.toUnsignedString(number));
    }
    field = (int) number;
    if (wireType != VARINT
        && wireType != FIXED64
        && wireType != LENGTH_DELIMITED
        && wireType != FIXED32) {
      throw malformed(
          at,
          "field " + field + " has wire type " + wireType
              + (wireType == 3 || wireType == 4
                  ? ", a group, which is not supported"
                  : ", which does not exist"));
    }
    return true;
  }

  public int field() {
    return field;
  }

  /** Whether the field has content of some length, as messages, texts and packed numbers have. */
  public boolean isContent() {
    return wireType == LENGTH_DELIMITED;
  }

  /** Reads the next number of a packed field, which has no tag. */
  public long packedVarint() {
    return readVarint();
  }

  public long varint() {
    require(VARINT);
    return readVarint();
  }

  /** A varint in which small negative numbers are small, protobuf's {@code sint}. */
  public long zigzag() {
    require(VARINT);
    return packedZigzag();
  }

  /** Whether the field is a varint, as an unpacked element of a repeated one is. */
  public boolean isVarint() {
    return wireType == VARINT;
  }

  /** Whether the field is a fixed64, as an unpacked element of a repeated one is. */
  public boolean isFixed64() {
    return wireType == FIXED64;
  }

  /** Whether a packed field, whose content the cursor was reset to, has further elements. */
  public boolean hasPacked() {
    return position < end;
  }

  /** The next element of a packed field of zigzag varints. */
  public long packedZigzag() {
    long value = readVarint();
    return value >>> 1 ^ -(value & 1);
  }

  /** The next element of a packed field of doubles. */
  public double packedDouble() {
    need(Long.BYTES);
    double value = Double.longBitsToDouble((long) LONG.get(bytes, position));
    position += Long.BYTES;
    return value;
  }

  public double fixed64AsDouble() {
    require(FIXED64);
    return packedDouble();
  }

  /** Reads a length-delimited field, whose content then lies from {@link #contentStart()} to {@link #contentEnd()}. */
  public void content() {
    require(LENGTH_DELIMITED);
    int at = position;
    long length = readVarint();
    if (length < 0 || length > end - position) {
      throw malformed(
          at,
          "field " + field + " declares " + Long.toUnsignedString(length) + " bytes, "
              + (end - position) + " left");
    }
    contentStart = position;
    position += (int) length;
    contentEnd = position;
  }

  public int contentStart() {
    return contentStart;
  }

  public int contentEnd() {
    return contentEnd;
  }

  /** Passes over a field of any type. */
  public void skip() {
    switch (wireType) {
      case VARINT -> readVarint();
      case FIXED64 -> {
        need(Long.BYTES);
        position += Long.BYTES;
      }
      case FIXED32 -> {
        need(Integer.BYTES);
        position += Integer.BYTES;
      }
      default -> content();
    }
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw malformed(
          position, "field " + field + " has wire type " + wireType + " instead of " + expected);
    }
  }

  private long readVarint() {
    int at = position;
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position == end) {
        throw malformed(at, "a varint runs over the end of its message");
      }
      byte next = bytes[position++];
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        if (shift == 63 && next > 1) {
          break;
        }
        return value;
      }
    }
    throw malformed(at, "a varint of more than 64 bits");
  }

  private void need(int count) {
    if (count > end - position) {
      throw malformed(
          position, "field " + field + " needs " + count + " bytes, " + (end - position) + " left");
    }
  }

  private static BadDataException malformed(int at, String what) {
    return new BadDataException("malformed protobuf at offset " + at + ": " + what);
  }
}
