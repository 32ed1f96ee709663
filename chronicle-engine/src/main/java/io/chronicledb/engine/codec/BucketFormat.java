package io.chronicledb.engine.codec;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.histogram.BucketLayout;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * The buckets of native histograms as bytes, for chunks and for the log.
 *
 * <pre>
 * │ form u8 │ zero threshold │ bounds │ negative │ positive │
 *
 * form            bits 0-3 schema + 4, 15 for custom buckets │ 4-5 zero threshold │ 6 zero │ 7 the caller's
 * zero threshold  by bits 4-5: 0 absent, it is zero │ 1 e varint, it is 2^e │ 2 f64
 * bounds          of custom buckets only   │ count uvarint │ bound f64 │ ...
 * negative        not of custom buckets    │ spans uvarint │ span │ ...
 * positive                                 │ spans uvarint │ span │ ...
 *   span          │ skipped │ length-1 uvarint │   skipped: the first one's index varint, then buckets in between - 1 uvarint
 * </pre>
 */
public final class BucketFormat {

  /** The bit of the form that the caller may set. */
  public static final int FLAG = 1 << 7;

  private static final int SCHEMA_MASK = 15;
  private static final int CUSTOM_FORM = 15;
  private static final int SCHEMA_BIAS = 4;
  private static final int THRESHOLD_SHIFT = 4;
  private static final int THRESHOLD_MASK = 7;
  private static final int THRESHOLD_POWER = 1;
  private static final int THRESHOLD_BITS = 2;

  private BucketFormat() {}

  /** Appends a layout, and sets the caller's bit where {@code flag} says so. */
  public static void write(BucketLayout layout, boolean flag, ByteWriter out) {
    int power = Math.getExponent(layout.zeroThreshold());
    int threshold = layout.zeroThreshold() == 0
        ? 0
        : power >= Double.MIN_EXPONENT && layout.zeroThreshold() == Math.scalb(1.0, power)
            ? THRESHOLD_POWER
            : THRESHOLD_BITS;
    out.writeByte((layout.isCustom() ? CUSTOM_FORM : layout.schema() + SCHEMA_BIAS)
        | threshold << THRESHOLD_SHIFT
        | (flag ? FLAG : 0));
    if (threshold == THRESHOLD_POWER) {
      out.writeVarint(power);
    } else if (threshold == THRESHOLD_BITS) {
      out.writeDouble(layout.zeroThreshold());
    }
    if (layout.isCustom()) {
      out.writeUnsignedVarint(layout.boundCount());
      for (int i = 0; i < layout.boundCount(); i++) {
        out.writeDouble(layout.bound(i));
      }
    } else {
      writeSpans(layout::negativeIndex, layout.negativeCount(), out);
    }
    writeSpans(layout::positiveIndex, layout.positiveCount(), out);
  }

  private static void writeSpans(IntUnaryOperator indexes, int count, ByteWriter out) {
    int spans = 0;
    for (int i = 0; i < count; i = spanEnd(indexes, count, i)) {
      spans++;
    }
    out.writeUnsignedVarint(spans);
    for (int i = 0; i < count; ) {
      int end = spanEnd(indexes, count, i);
      if (i == 0) {
        out.writeVarint(indexes.applyAsInt(0));
      } else {
        out.writeUnsignedVarint((long) indexes.applyAsInt(i) - indexes.applyAsInt(i - 1) - 2);
      }
      out.writeUnsignedVarint(end - i - 1);
      i = end;
    }
  }

  private static int spanEnd(IntUnaryOperator indexes, int count, int start) {
    int end = start + 1;
    while (end < count && indexes.applyAsInt(end) == indexes.applyAsInt(end - 1) + 1) {
      end++;
    }
    return end;
  }

  /**
   * Reads what stands behind a form.
   *
   * @param form read by the caller; its bit 7 is not looked at
   * @throws CorruptionException where it is no layout
   */
  public static BucketLayout read(int form, ByteReader in) {
    boolean custom = (form & SCHEMA_MASK) == CUSTOM_FORM;
    int schema = custom ? BucketLayout.CUSTOM_SCHEMA : (form & SCHEMA_MASK) - SCHEMA_BIAS;
    double threshold = readThreshold(form >>> THRESHOLD_SHIFT & THRESHOLD_MASK, in);
    double[] bounds = custom ? readBounds(in) : new double[0];
    int[] negative = custom ? new int[0] : readSpans(in);
    int[] positive = readSpans(in);
    String problem = BucketLayout.problem(schema, threshold, bounds, negative, positive);
    if (problem != null) {
      throw corrupt(problem, in);
    }
    return custom
        ? BucketLayout.custom(bounds, positive)
        : BucketLayout.exponential(schema, threshold, negative, positive);
  }

  private static double readThreshold(int form, ByteReader in) {
    return switch (form) {
      case 0 -> 0;
      case THRESHOLD_POWER -> {
        long power = in.readVarint();
        if (power < Double.MIN_EXPONENT || power > Double.MAX_EXPONENT) {
          throw corrupt("a zero bucket of width 2^" + power, in);
        }
        yield Math.scalb(1.0, (int) power);
      }
      case THRESHOLD_BITS -> in.readDouble();
      default -> throw corrupt("zero threshold of form " + form, in);
    };
  }

  private static double[] readBounds(ByteReader in) {
    int count = in.readCount(Double.BYTES);
    if (count > BucketLayout.BUCKETS_MAX) {
      throw corrupt(count + " custom bounds", in);
    }
    var bounds = new double[count];
    for (int i = 0; i < count; i++) {
      bounds[i] = in.readDouble();
    }
    return bounds;
  }

  private static int[] readSpans(ByteReader in) {
    int spans = in.readCount(2);
    if (spans == 0) {
      return new int[0];
    }
    var indexes = new int[Math.min(BucketLayout.BUCKETS_MAX, Math.max(16, spans))];
    int size = 0;
    long index = 0;
    for (int i = 0; i < spans; i++) {
      long skipped = i == 0 ? in.readVarint() : in.readUnsignedVarint();
      long length = in.readUnsignedVarint() + 1;
      if (skipped > Integer.MAX_VALUE
          || skipped < (i == 0 ? Integer.MIN_VALUE : 0)
          || length < 1
          || length > BucketLayout.BUCKETS_MAX - size
          || index + skipped + length > Integer.MAX_VALUE) {
        throw corrupt("span " + i + " of buckets skips " + skipped + " and has " + length, in);
      }
      index += i == 0 ? skipped : skipped + 1;
      if (indexes.length - size < length) {
        indexes = Arrays.copyOf(
            indexes,
            Math.min(BucketLayout.BUCKETS_MAX, Math.max(2 * indexes.length, size + (int) length)));
      }
      for (int j = 0; j < length; j++) {
        indexes[size++] = (int) index++;
      }
    }
    return Arrays.copyOf(indexes, size);
  }

  private static CorruptionException corrupt(String what, ByteReader in) {
    return new CorruptionException(what + ", at offset " + in.position());
  }
}
