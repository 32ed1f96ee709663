package io.chronicledb.app.ingest.remotewrite;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Builds {@code prometheus.WriteRequest} messages with Google's encoder, so that our decoder is not its own judge. */
public final class WriteRequests {

  private WriteRequests() {}

  /** Writes the fields of one message. */
  public interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  public static byte[] message(Fields... parts) {
    try {
      var bytes = new ByteArrayOutputStream();
      var out = CodedOutputStream.newInstance(bytes);
      for (Fields part : parts) {
        part.write(out);
      }
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Fields series(Fields... parts) {
    return out -> out.writeByteArray(1, message(parts));
  }

  public static Fields label(String name, String value) {
    return out -> out.writeByteArray(1, message(label -> {
      label.writeString(1, name);
      label.writeString(2, value);
    }));
  }

  public static Fields sample(double value, long timestampMillis) {
    return out -> out.writeByteArray(2, message(sample -> {
      sample.writeDouble(1, value);
      sample.writeInt64(2, timestampMillis);
    }));
  }

  public static Fields exemplar() {
    return exemplar(1, 5, label("trace_id", "abc"));
  }

  public static Fields exemplar(double value, long timestampMillis, Fields... labels) {
    return out -> out.writeByteArray(
        3,
        message(
            e -> e.writeRawBytes(message(labels)),
            e -> e.writeDouble(2, value),
            e -> e.writeInt64(3, timestampMillis)));
  }

  /** One whose buckets do not add up to its count. */
  public static Fields histogram() {
    return histogram(h -> h.writeUInt64(1, 5), h -> h.writeDouble(3, 1), h -> h.writeSInt32(4, 3));
  }

  public static Fields histogram(Fields... parts) {
    return out -> out.writeByteArray(4, message(parts));
  }

  /** @param field 8 for negative buckets, 11 for positive ones */
  public static Fields span(int field, int offset, int length) {
    return h -> h.writeByteArray(
        field, message(s -> s.writeSInt32(1, offset), s -> s.writeUInt32(2, length)));
  }

  /** @param field 9 for negative buckets, 12 for positive ones */
  public static Fields deltas(int field, long... deltas) {
    return h -> h.writeByteArray(field, message(packed -> {
      for (long delta : deltas) {
        packed.writeSInt64NoTag(delta);
      }
    }));
  }

  /** @param field 10 for negative buckets, 13 for positive ones, 16 for custom bounds */
  public static Fields doubles(int field, double... values) {
    return h -> h.writeByteArray(field, message(packed -> {
      for (double value : values) {
        packed.writeDoubleNoTag(value);
      }
    }));
  }

  /** Count 7, sum 9.5 at 1 s: one observation in the zero bucket, one in (-2, -1], 2 in (0.5, 1] and 3 in (2, 4]. */
  public static Fields wholeHistogram() {
    return histogram(
        h -> h.writeUInt64(1, 7),
        h -> h.writeDouble(3, 9.5),
        h -> h.writeDouble(5, 0.001),
        h -> h.writeUInt64(6, 1),
        span(8, 1, 1),
        deltas(9, 1),
        span(11, 0, 1),
        span(11, 1, 1),
        deltas(12, 2, 1),
        h -> h.writeInt64(15, 1_000));
  }

  public static Fields metadata() {
    return metadata(1, "cpu", "help", "");
  }

  public static Fields metadata(int type, String metric, String help, String unit) {
    return out -> out.writeByteArray(
        3,
        message(
            m -> m.writeEnum(1, type),
            m -> m.writeString(2, metric),
            m -> m.writeString(4, help),
            m -> m.writeString(5, unit)));
  }
}
