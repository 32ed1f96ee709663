package io.chronicledb.app.api.remoteread;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/**
 * Native histograms as {@code prometheus.Histogram}, in its form with doubles: what remote write sends, in the other direction. Not
 * thread-safe.
 *
 * <pre>
 *  2 count double         3 sum double            4 schema zigzag   5 zero threshold double   7 zero count double
 *  8 negative spans*     10 negative counts      11 positive spans*                          13 positive counts
 * 14 reset hint varint   15 timestamp varint     16 custom bounds
 * span: 1 buckets skipped zigzag, the first one's index for the first   2 length varint
 * </pre>
 */
final class HistogramMessage {

  private final ByteWriter span = new ByteWriter(16);
  private final ByteWriter packed = new ByteWriter(256);

  void write(long millis, NativeHistogram histogram, ByteWriter out) {
    BucketLayout layout = histogram.layout();
    Protobuf.fixed64(out, 2, histogram.count());
    Protobuf.fixed64(out, 3, histogram.sum());
    Protobuf.varint(out, 4, zigzag(layout.schema()));
    Protobuf.fixed64(out, 5, layout.zeroThreshold());
    Protobuf.fixed64(out, 7, histogram.zeroCount());
    spans(layout::negativeIndex, layout.negativeCount(), 8, out);
    doubles(histogram::negative, layout.negativeCount(), 10, out);
    spans(layout::positiveIndex, layout.positiveCount(), 11, out);
    doubles(histogram::positive, layout.positiveCount(), 13, out);
    Protobuf.varint(out, 14, histogram.hint().ordinal());
    Protobuf.varint(out, 15, millis);
    doubles(layout::bound, layout.boundCount(), 16, out);
  }

  private void spans(IntUnaryOperator indexes, int count, int field, ByteWriter out) {
    BucketSpans.each(indexes, count, (skipped, length) -> {
      span.clear();
      Protobuf.varint(span, 1, zigzag(skipped));
      Protobuf.varint(span, 2, length);
      Protobuf.message(out, field, span);
    });
  }

  private void doubles(IntToDoubleFunction values, int count, int field, ByteWriter out) {
    if (count == 0) {
      return;
    }
    packed.clear();
    for (int i = 0; i < count; i++) {
      packed.writeDouble(values.applyAsDouble(i));
    }
    Protobuf.message(out, field, packed);
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }
}
