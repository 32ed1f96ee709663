package io.chronicledb.engine.codec;

/**
 * The encodings by the ids that columns begin with. A released id keeps its layout for ever: a better layout gets a new id. The
 * package description lists them all.
 */
final class EncodingId {

  /** Timestamps: one step between all of them; drawn in {@link TimestampEncoder}. */
  static final int CONSTANT_STEP = 1;

  /** Timestamps: integers in a common unit. */
  static final int INSTANTS = 2;

  /** Timestamps: what is left of the integers when a straight line is taken away. */
  static final int LINE = 3;

  /** Values: one bit pattern; drawn in {@link ValueEncoder}. */
  static final int CONSTANT = 1;

  /** Values: integers divided by a power of ten. */
  static final int DECIMAL = 2;

  /** Values: integers divided by a power of two. */
  static final int BINARY = 3;

  /** Values: their IEEE 754 bits as integers. */
  static final int BITS = 4;

  /** Values: indexes into a list of bit patterns. */
  static final int DICTIONARY = 5;

  /** Values: XOR with the one before; drawn in {@link XorCodec}. */
  static final int XOR = 6;

  /** Values: eight bytes each. */
  static final int RAW = 7;

  private EncodingId() {}
}
