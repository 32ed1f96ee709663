package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.BitReader;
import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.error.CorruptionException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads what {@link ValueEncoder} writes, where the layouts are drawn. */
final class ValueDecoder {

  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private final IntegerDecoder integers;
  private final long[] scaled = new long[ChunkEncoder.SAMPLES_MAX];
  private final long[] dictionary = new long[ValueEncoder.DICTIONARY_MAX];
  private final ByteReader exceptions = new ByteReader(new byte[0]);
  private final BitReader bits = new BitReader();

  ValueDecoder(IntegerDecoder integers) {
    this.integers = integers;
  }

  /** Decodes {@code count} values into the front of {@code into}. */
  void decode(ByteReader in, int count, double[] into) {
    int head = in.readByte();
    int id = head & (ValueEncoder.HAS_UNIT - 1);
    if (head != id && id != EncodingId.DECIMAL && id != EncodingId.BINARY) {
      throw new CorruptionException("value encoding " + id + " with flags " + head);
    }
    switch (id) {
      case EncodingId.CONSTANT -> {
        double value = in.readDouble();
        for (int i = 0; i < count; i++) {
          into[i] = value;
        }
      }
      case EncodingId.DECIMAL, EncodingId.BINARY -> readScaled(in, head, count, into);
      case EncodingId.BITS -> readBits(in, count, into);
      case EncodingId.DICTIONARY -> readDictionary(in, count, into);
      case EncodingId.XOR -> {
        bits.reset(in.array(), in.arrayOffset(), in.remaining());
        XorCodec.decode(bits, count, into);
        in.skip((int) (bits.position() + 7 >>> 3));
      }
      case EncodingId.RAW -> {
        int at = in.arrayOffset();
        in.skip(8 * count);
        for (int i = 0; i < count; i++) {
          into[i] = (double) DOUBLE.get(in.array(), at + 8 * i);
        }
      }
      default -> throw ChunkDecoder.unknown("value encoding", id);
    }
  }

  private void readScaled(ByteReader in, int head, int count, double[] into) {
    boolean decimal = (head & (ValueEncoder.HAS_UNIT - 1)) == EncodingId.DECIMAL;
    long exponent = in.readUnsignedVarint();
    if (exponent < 0
        || exponent > (decimal ? DecimalScale.EXPONENT_MAX : BinaryScale.EXPONENT_MAX)) {
      throw new CorruptionException("values scaled by an exponent of " + exponent);
    }
    long base = 0;
    long unit = 1;
    if ((head & ValueEncoder.HAS_UNIT) != 0) {
      base = in.readVarint();
      unit = in.readUnsignedVarint();
    }
    boolean hasExceptions = (head & ValueEncoder.HAS_EXCEPTIONS) != 0;
    if (hasExceptions) {
      int length = in.readCount(1);
      exceptions.reset(in.array(), in.arrayOffset(), length);
      in.skip(length);
    }
    integers.decode(in, count, scaled);
    if (unit != 1) {
      for (int i = 0; i < count; i++) {
        scaled[i] = base + unit * scaled[i];
      }
    }
    if (decimal) {
      DecimalScale.unscale(scaled, count, (int) exponent, into);
    } else {
      BinaryScale.unscale(scaled, count, (int) exponent, into);
    }
    if (hasExceptions) {
      ValueExceptions.read(exceptions, count, into);
      if (exceptions.remaining() != 0) {
        throw new CorruptionException(exceptions.remaining() + " bytes after the exceptions");
      }
    }
  }

  private void readBits(ByteReader in, int count, double[] into) {
    int shift = in.readByte();
    if (shift > 63) {
      throw new CorruptionException("bits shifted by " + shift);
    }
    long base = in.readLong();
    integers.decode(in, count, scaled);
    for (int i = 0; i < count; i++) {
      into[i] = Double.longBitsToDouble(Long.rotateRight(base + (scaled[i] << shift), 1));
    }
  }

  private void readDictionary(ByteReader in, int count, double[] into) {
    int size = in.readCount(8);
    if (size > dictionary.length) {
      throw new CorruptionException("a dictionary of " + size + " values");
    }
    for (int i = 0; i < size; i++) {
      dictionary[i] = in.readLong();
    }
    integers.decode(in, count, scaled);
    for (int i = 0; i < count; i++) {
      long index = scaled[i];
      if (index < 0 || index >= size) {
        throw new CorruptionException("entry " + index + " of a dictionary of " + size);
      }
      into[i] = Double.longBitsToDouble(dictionary[(int) index]);
    }
  }
}
