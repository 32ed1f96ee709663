package io.chronicledb.app.api.remoteread;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads histograms as a client of remote read does, from messages and from chunks; written for itself, not with the writer's parts. */
final class HistogramReader {

  private final List<int[]> negativeSpans = new ArrayList<>();
  private final List<int[]> positiveSpans = new ArrayList<>();
  private final List<Double> negatives = new ArrayList<>();
  private final List<Double> positives = new ArrayList<>();
  private final List<Double> bounds = new ArrayList<>();
  private int schema;
  private int hint;
  private double threshold;
  private double count;
  private double sum;
  private double zeroCount;
  private long millis;

  static String ofMessage(byte[] message) throws IOException {
    var reader = new HistogramReader();
    var in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 2 -> reader.count = in.readDouble();
        case 3 -> reader.sum = in.readDouble();
        case 4 -> reader.schema = in.readSInt32();
        case 5 -> reader.threshold = in.readDouble();
        case 7 -> reader.zeroCount = in.readDouble();
        case 8 -> reader.negativeSpans.add(span(in.readByteArray()));
        case 10 -> reader.negatives.addAll(doubles(in.readByteArray()));
        case 11 -> reader.positiveSpans.add(span(in.readByteArray()));
        case 13 -> reader.positives.addAll(doubles(in.readByteArray()));
        case 14 -> reader.hint = in.readEnum();
        case 15 -> reader.millis = in.readInt64();
        case 16 -> reader.bounds.addAll(doubles(in.readByteArray()));
        default -> throw new IOException("field " + WireFormat.getTagFieldNumber(tag));
      }
    }
    return reader.text();
  }

  private static int[] span(byte[] message) throws IOException {
    var span = new int[2];
    var in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 1) {
        span[0] = in.readSInt32();
      } else {
        span[1] = in.readUInt32();
      }
    }
    return span;
  }

  private static List<Double> doubles(byte[] packed) throws IOException {
    var values = new ArrayList<Double>();
    var in = CodedInputStream.newInstance(packed);
    while (!in.isAtEnd()) {
      values.add(in.readDouble());
    }
    return values;
  }

  static String ofChunk(byte[] chunk) {
    if (chunk[0] != 0 || chunk[1] != 1) {
      throw new AssertionError("a chunk of other than one histogram");
    }
    var reader = new HistogramReader();
    reader.hint = new int[] {0, 2, 1, 3}[(chunk[2] & 0xFF) >> 6];
    var in = new Bits(chunk);
    int power = (int) in.bits(8);
    reader.threshold = power == 0 ? 0 : power == 255 ? in.number() : 0.5 * Math.pow(2, power - 243);
    reader.schema = (int) in.signed();
    in.spans(reader.positiveSpans);
    in.spans(reader.negativeSpans);
    for (long left = reader.schema == -53 ? in.unsigned() : 0; left > 0; left--) {
      if (in.bits(1) != 0) {
        throw new AssertionError("a bound of whole thousandths");
      }
      reader.bounds.add(in.number());
    }
    reader.millis = in.signed();
    reader.count = in.number();
    reader.zeroCount = in.number();
    reader.sum = in.number();
    reader.positiveSpans.forEach(span -> in.numbers(span[1], reader.positives));
    reader.negativeSpans.forEach(span -> in.numbers(span[1], reader.negatives));
    return reader.text();
  }

  /** The numbers of a chunk. */
  private static final class Bits {
    private static final int[] WIDTHS = {0, 3, 6, 9, 12, 18, 25, 56, 64};
    private final byte[] bytes;
    private int at = 24;

    Bits(byte[] bytes) {
      this.bytes = bytes;
    }

    long bits(int count) {
      long value = 0;
      for (int i = 0; i < count; i++, at++) {
        value = value << 1 | (bytes[at >> 3] >> (7 - (at & 7)) & 1);
      }
      return value;
    }

    private int width() {
      int ones = 0;
      while (ones < 8 && bits(1) == 1) {
        ones++;
      }
      return WIDTHS[ones];
    }

    long unsigned() {
      return bits(width());
    }

    long signed() {
      int width = width();
      long value = bits(width);
      boolean negative = width > 0 && width < 64 && value > 1L << (width - 1);
      return negative ? value - (1L << width) : value;
    }

    double number() {
      return Double.longBitsToDouble(bits(64));
    }

    void numbers(int count, List<Double> into) {
      for (int i = 0; i < count; i++) {
        into.add(number());
      }
    }

    void spans(List<int[]> into) {
      for (long left = unsigned(); left > 0; left--) {
        int length = (int) unsigned();
        into.add(new int[] {(int) signed(), length});
      }
    }
  }

  private static int[] indexes(List<int[]> spans) {
    return BucketLayout.indexes(
        spans.stream().mapToInt(span -> span[0]).toArray(),
        spans.stream().mapToInt(span -> span[1]).toArray());
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private String text() {
    BucketLayout layout = schema == BucketLayout.CUSTOM_SCHEMA
        ? BucketLayout.custom(array(bounds), indexes(positiveSpans))
        : BucketLayout.exponential(
            schema, threshold, indexes(negativeSpans), indexes(positiveSpans));
    double[] buckets = Arrays.copyOf(array(negatives), negatives.size() + positives.size());
    System.arraycopy(array(positives), 0, buckets, negatives.size(), positives.size());
    CounterResetHint resets = CounterResetHint.of(hint);
    return millis + "="
        + NativeHistogram.of(layout, resets, count, sum, zeroCount, buckets, 0)
        + (resets == CounterResetHint.UNKNOWN ? "" : resets);
  }
}
