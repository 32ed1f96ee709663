package io.chronicledb.app.api.remoteread;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.model.Tags;

/** Fields of protobuf messages, behind each other. */
final class Protobuf {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;

  private Protobuf() {}

  static void varint(ByteWriter out, int field, long value) {
    // Zero is what a field is that is left out.
    if (value != 0) {
      out.writeUnsignedVarint(field << 3 | VARINT);
      out.writeUnsignedVarint(value);
    }
  }

  static void fixed64(ByteWriter out, int field, double value) {
    out.writeUnsignedVarint(field << 3 | FIXED64);
    out.writeDouble(value);
  }

  static void text(ByteWriter out, int field, String value) {
    out.writeUnsignedVarint(field << 3 | LENGTH_DELIMITED);
    out.writeString(value);
  }

  static void bytes(ByteWriter out, int field, byte[] value, int length) {
    out.writeUnsignedVarint(field << 3 | LENGTH_DELIMITED);
    out.writeUnsignedVarint(length);
    out.writeBytes(value, 0, length);
  }

  static void message(ByteWriter out, int field, ByteWriter message) {
    bytes(out, field, message.array(), message.size());
  }

  /** Labels as field 1, which is theirs in every message of remote read. */
  static void labels(ByteWriter out, Tags labels) {
    var label = new ByteWriter(64);
    for (int i = 0; i < labels.size(); i++) {
      label.clear();
      text(label, 1, labels.name(i));
      text(label, 2, labels.value(i));
      message(out, 1, label);
    }
  }
}
