package io.chronicledb.app.api.remoteread;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/** Writes a native histogram as {@code prometheus.Histogram}, with its counts as doubles, which is how they are stored. Not thread-safe. */
final class HistogramMessage {

  private final ByteWriter part = new ByteWriter(256);

  void write(ByteWriter out, NativeHistogram histogram, long millis) {
    BucketLayout layout = histogram.layout();
    // That the counts are doubles is told by these fields, so they are there even where they are
    // zero.
    Protobuf.fixed64(out, 2, histogram.count());
    Protobuf.fixed64(out, 3, histogram.sum());
    Protobuf.zigzag(out, 4, layout.schema());
    Protobuf.fixed64(out, 5, layout.zeroThreshold());
    Protobuf.fixed64(out, 7, histogram.zeroCount());
    spans(out, 8, layout.negativeCount(), layout::negativeIndex);
    doubles(out, 10, layout.negativeCount(), histogram::negative);
    spans(out, 11, layout.positiveCount(), layout::positiveIndex);
    doubles(out, 13, layout.positiveCount(), histogram::positive);
    Protobuf.varint(out, 14, histogram.hint().ordinal());
    Protobuf.varint(out, 15, millis);
    doubles(out, 16, layout.boundCount(), layout::bound);
  }

  /** Stretches of neighbours, each with its distance from the one before. */
  private void spans(ByteWriter out, int field, int count, IntUnaryOperator index) {
    int end = 0;
    for (int i = 0; i < count; ) {
      int first = index.applyAsInt(i);
      int length = 1;
      while (i + length < count && index.applyAsInt(i + length) == first + length) {
        length++;
      }
      part.clear();
      Protobuf.zigzag(part, 1, (long) first - end);
      Protobuf.varint(part, 2, length);
      Protobuf.message(out, field, part);
      end = first + length;
      i += length;
    }
  }

  private void doubles(ByteWriter out, int field, int count, IntToDoubleFunction value) {
    if (count > 0) {
      part.clear();
      for (int i = 0; i < count; i++) {
        part.writeDouble(value.applyAsDouble(i));
      }
      Protobuf.message(out, field, part);
    }
  }
}
