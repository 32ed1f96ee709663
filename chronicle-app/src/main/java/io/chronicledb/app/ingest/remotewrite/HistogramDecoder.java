package io.chronicledb.app.ingest.remotewrite;

import io.chronicledb.app.wire.ProtobufCursor;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.util.Arrays;

/**
 * Decodes {@code prometheus.Histogram} of remote write, in its form with whole numbers and in that with doubles.
 *
 * <pre>
 * Histogram    1 count varint          2 count double        3 sum double        4 schema zigzag   5 zero threshold double
 *              6 zero count varint     7 zero count double   14 reset hint varint                 15 timestamp varint, milliseconds
 *              8 negative spans*       9 negative deltas, packed zigzag         10 negative counts, packed double
 *             11 positive spans*      12 positive deltas, packed zigzag         13 positive counts, packed double
 *             16 custom bounds, packed double
 * BucketSpan   1 offset zigzag         2 length varint
 * </pre>
 *
 * A message that is malformed throws; a histogram that is well-formed and cannot be one, such as one whose buckets hold more than its
 * count says, throws as well, once {@link #histogram()} asks for it. Reusable; not thread-safe.
 */
final class HistogramDecoder {

  /** The finest schema that is stored; histograms of finer ones lose resolution. */
  private static final int SCHEMA_MAX = 8;
  /** The finest one that the protocol knows. */
  private static final int PROTOCOL_SCHEMA_MAX = 52;

  private static final int SPANS_MAX = BucketLayout.BUCKETS_MAX;

  private final ProtobufCursor fields = new ProtobufCursor();
  private final ProtobufCursor part = new ProtobufCursor();
  private final BucketSide negative = new BucketSide();
  private final BucketSide positive = new BucketSide();

  private long timestamp;
  private double sum;
  private double count;
  private double zeroCount;
  private double zeroThreshold;
  private long schema;
  private long hint;
  private boolean whole;
  private double[] bounds = {};

  /** The spans and buckets of one sign. */
  private static final class BucketSide {
    private int[] offsets = new int[8];
    private int[] lengths = new int[8];
    private int spans;
    private double[] counts = new double[16];
    private int size;
    /** Whether there was more of it than can be stored; the rest was passed over. */
    private boolean outOfRange;
    /** The count before, from which a delta counts. */
    private long last;

    void clear() {
      spans = 0;
      size = 0;
      last = 0;
      outOfRange = false;
    }

    void addSpan(long offset, long length) {
      if (spans == SPANS_MAX
          || length < 0
          || length > BucketLayout.BUCKETS_MAX
          || offset != (int) offset) {
        outOfRange = true;
        return;
      }
      if (spans == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * spans);
        lengths = Arrays.copyOf(lengths, 2 * spans);
      }
      offsets[spans] = (int) offset;
      lengths[spans++] = (int) length;
    }

    void addDelta(long delta) {
      last += delta;
      addCount(last);
    }

    void addCount(double value) {
      if (size == BucketLayout.BUCKETS_MAX) {
        outOfRange = true;
        return;
      }
      if (size == counts.length) {
        counts = Arrays.copyOf(counts, 2 * size);
      }
      counts[size++] = value;
    }

    /** Merges buckets that a schema so many steps coarser does not tell apart, and returns the indexes of those that are left. */
    int[] coarser(int[] indexes, int steps) {
      int left = 0;
      for (int i = 0; i < size; i++) {
        int index = (int) (((long) indexes[i] - 1 >> Math.min(steps, 63)) + 1);
        if (left > 0 && indexes[left - 1] == index) {
          counts[left - 1] += counts[i];
        } else {
          indexes[left] = index;
          counts[left++] = counts[i];
        }
      }
      size = left;
      return Arrays.copyOf(indexes, left);
    }

    int[] indexes() {
      return BucketLayout.indexes(Arrays.copyOf(offsets, spans), Arrays.copyOf(lengths, spans));
    }
  }

  /**
   * Reads one histogram; absent fields are zero, as everywhere in protobuf.
   *
   * @throws BadDataException where the message is malformed
   */
  void read(byte[] bytes, int start, int end) {
    negative.clear();
    positive.clear();
    timestamp = 0;
    sum = 0;
    count = 0;
    zeroCount = 0;
    zeroThreshold = 0;
    schema = 0;
    hint = 0;
    whole = true;
    bounds = new double[0];
    fields.reset(bytes, start, end);
    while (fields.next()) {
      switch (fields.field()) {
        case 1 -> count = unsigned(fields.varint());
        case 2 -> {
          count = fields.fixed64AsDouble();
          whole = false;
        }
        case 3 -> sum = fields.fixed64AsDouble();
        case 4 -> schema = fields.zigzag();
        case 5 -> zeroThreshold = fields.fixed64AsDouble();
        case 6 -> zeroCount = unsigned(fields.varint());
        case 7 -> zeroCount = fields.fixed64AsDouble();
        case 8 -> span(bytes, negative);
        case 9 -> deltas(bytes, negative);
        case 10 -> counts(bytes, negative);
        case 11 -> span(bytes, positive);
        case 12 -> deltas(bytes, positive);
        case 13 -> counts(bytes, positive);
        case 14 -> hint = fields.varint();
        case 15 -> timestamp = fields.varint();
        case 16 -> bounds(bytes);
        default -> fields.skip();
      }
    }
  }

  private static double unsigned(long value) {
    return value >= 0 ? value : (value >>> 1) * 2.0;
  }

  private void span(byte[] bytes, BucketSide side) {
    fields.content();
    part.reset(bytes, fields.contentStart(), fields.contentEnd());
    long offset = 0;
    long length = 0;
    while (part.next()) {
      switch (part.field()) {
        case 1 -> offset = part.zigzag();
        case 2 -> length = part.varint();
        default -> part.skip();
      }
    }
    side.addSpan(offset, length);
  }

  private void deltas(byte[] bytes, BucketSide side) {
    if (fields.isVarint()) {
      side.addDelta(fields.zigzag());
      return;
    }
    fields.content();
    part.reset(bytes, fields.contentStart(), fields.contentEnd());
    while (part.hasPacked()) {
      side.addDelta(part.packedZigzag());
    }
  }

  private void counts(byte[] bytes, BucketSide side) {
    whole = false;
    if (fields.isFixed64()) {
      side.addCount(fields.fixed64AsDouble());
      return;
    }
    fields.content();
    part.reset(bytes, fields.contentStart(), fields.contentEnd());
    while (part.hasPacked()) {
      side.addCount(part.packedDouble());
    }
  }

  private void bounds(byte[] bytes) {
    int known = bounds.length;
    if (fields.isFixed64()) {
      double bound = fields.fixed64AsDouble();
      if (known < BucketLayout.BUCKETS_MAX) {
        bounds = Arrays.copyOf(bounds, known + 1);
        bounds[known] = bound;
      } else {
        positive.outOfRange = true;
      }
      return;
    }
    fields.content();
    int more = (fields.contentEnd() - fields.contentStart()) / Double.BYTES;
    if (known + more > BucketLayout.BUCKETS_MAX) {
      positive.outOfRange = true;
      return;
    }
    part.reset(bytes, fields.contentStart(), fields.contentEnd());
    bounds = Arrays.copyOf(bounds, known + more);
    while (part.hasPacked()) {
      bounds[known++] = part.packedDouble();
    }
  }

  /** Milliseconds. */
  long timestamp() {
    return timestamp;
  }

  /**
   * The histogram that was read.
   *
   * @throws BadDataException where it is none that can be stored
   */
  NativeHistogram histogram() {
    if (hint < 0 || hint >= CounterResetHint.values().length) {
      throw new BadDataException("a histogram has the counter reset hint " + hint);
    }
    CounterResetHint resetHint = CounterResetHint.of((int) hint);
    if (StaleMarker.is(sum)) {
      return NativeHistogram.of(BucketLayout.EMPTY, resetHint, 0, sum, 0, new double[0], 0);
    }
    try {
      return checked(resetHint);
    } catch (IllegalArgumentException e) {
      throw new BadDataException(String.valueOf(e.getMessage()));
    }
  }

  private NativeHistogram checked(CounterResetHint resetHint) {
    if (negative.outOfRange || positive.outOfRange) {
      throw new BadDataException("a histogram has more than " + BucketLayout.BUCKETS_MAX
          + " buckets, or a span of them that is out of range");
    }
    int[] negatives = negative.indexes();
    int[] positives = positive.indexes();
    if (negatives.length != negative.size || positives.length != positive.size) {
      throw new BadDataException("a histogram has " + negative.size + " negative and "
          + positive.size + " positive buckets, but its spans say " + negatives.length + " and "
          + positives.length);
    }
    checkCounts();
    boolean custom = schema == BucketLayout.CUSTOM_SCHEMA;
    if (custom && zeroCount != 0) {
      throw new BadDataException("a histogram with custom buckets has a zero bucket");
    }
    int stored = (int) Math.max(Integer.MIN_VALUE, Math.min(schema, SCHEMA_MAX));
    if (schema > SCHEMA_MAX && schema <= PROTOCOL_SCHEMA_MAX) {
      int steps = (int) (schema - SCHEMA_MAX);
      negatives = negative.coarser(negatives, steps);
      positives = positive.coarser(positives, steps);
    } else if (schema > PROTOCOL_SCHEMA_MAX) {
      throw new BadDataException("a histogram has schema " + schema);
    }
    String problem = BucketLayout.problem(stored, zeroThreshold, bounds, negatives, positives);
    if (problem != null) {
      throw new BadDataException(problem);
    }
    BucketLayout layout = custom
        ? BucketLayout.custom(bounds, positives)
        : BucketLayout.exponential(stored, zeroThreshold, negatives, positives);
    double[] buckets = Arrays.copyOf(negative.counts, negatives.length + positives.length);
    System.arraycopy(positive.counts, 0, buckets, negatives.length, positives.length);
    return NativeHistogram.of(layout, resetHint, count, sum, zeroCount, buckets, 0);
  }

  /** As Prometheus does: no count is negative, and whole numbers add up, but for observations of NaN, which are in no bucket. */
  private void checkCounts() {
    double inBuckets = zeroCount;
    for (BucketSide side : new BucketSide[] {negative, positive}) {
      for (int i = 0; i < side.size; i++) {
        if (side.counts[i] < 0) {
          throw new BadDataException(
              "bucket " + i + " of a histogram holds " + side.counts[i] + " observations");
        }
        inBuckets += side.counts[i];
      }
    }
    if (count < 0 || zeroCount < 0) {
      throw new BadDataException("a histogram has " + count + " observations, " + zeroCount
          + " of them in its zero bucket");
    }
    if (whole && (Double.isNaN(sum) ? inBuckets > count : inBuckets != count)) {
      throw new BadDataException("a histogram has " + (long) count
          + " observations, but its buckets hold " + (long) inBuckets);
    }
  }
}
