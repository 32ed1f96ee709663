package io.chronicledb.engine.codec;

/** What a chunk is encoded for. */
public enum Effort {
  /** Soon merged again: encoding and decoding must be fast. */
  FRESH,
  /** To stay as it is: an entropy stage is worth its time. */
  COLD
}
