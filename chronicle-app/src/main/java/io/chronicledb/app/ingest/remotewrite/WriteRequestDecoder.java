package io.chronicledb.app.ingest.remotewrite;

import io.chronicledb.app.ingest.PointSink;
import io.chronicledb.app.wire.Precision;
import io.chronicledb.app.wire.ProtobufCursor;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes {@code prometheus.WriteRequest} of remote write 1.0.
 *
 * <pre>
 * WriteRequest  1 timeseries*  3 metadata*
 * TimeSeries    1 labels*      2 samples*      3 exemplars*   4 histograms*
 * Label         1 name         2 value
 * Sample        1 value fixed64                2 timestamp varint, milliseconds
 * </pre>
 *
 * A message that is malformed anywhere is refused as a whole. A series that cannot be stored, or has a histogram that is none, is refused
 * alone. Histograms are for {@link HistogramDecoder}, exemplars and metadata are for {@link AttachmentDecoder}. Values keep
 * their bits, the stale marker's among them. One instance decodes one message; not thread-safe.
 */
final class WriteRequestDecoder {

  /** Labels of a series at most: the tags and the metric's name. Empty values count, so that they cannot be sent without end. */
  private static final int LABELS_MAX = SeriesKey.TAGS_MAX + 1;

  private static final byte[] METRIC = Tags.METRIC.getBytes(StandardCharsets.US_ASCII);

  private final PointSink sink;
  private final SeriesKey key = new SeriesKey();
  private final ProtobufCursor request = new ProtobufCursor();
  private final ProtobufCursor series = new ProtobufCursor();
  private final ProtobufCursor part = new ProtobufCursor();

  private final AttachmentDecoder attachments;
  private final HistogramDecoder histogram = new HistogramDecoder();

  private byte[] bytes = new byte[0];
  /** For each label: start and end of its name, start and end of its value. */
  private final int[] labels = new int[4 * LABELS_MAX];

  private int labelCount;
  /** Bytes of all labels of the series at hand. */
  private int labelBytes;

  private long sampleTimestamp;
  private double sampleValue;

  WriteRequestDecoder(PointSink sink) {
    this.sink = sink;
    this.attachments = new AttachmentDecoder(sink);
  }

  void decode(byte[] message, int length) {
    bytes = message;
    attachments.reset(message);
    // First all of it is looked at and then stored: a message cut off in the middle must leave
    // nothing behind.
    check(length);
    request.reset(message, 0, length);
    long number = 0;
    while (request.next()) {
      if (request.field() == 1) {
        request.content();
        store(number++);
      } else if (request.field() == 3) {
        request.content();
        attachments.metadata(request.contentStart(), request.contentEnd());
      } else {
        request.skip();
      }
    }
  }

  private void check(int length) {
    request.reset(bytes, 0, length);
    while (request.next()) {
      if (request.field() == 3) {
        request.content();
        attachments.checkMetadata(request.contentStart(), request.contentEnd());
        continue;
      }
      if (request.field() != 1) {
        request.skip();
        continue;
      }
      request.content();
      series.reset(bytes, request.contentStart(), request.contentEnd());
      while (series.next()) {
        switch (series.field()) {
          case 1 -> {
            series.content();
            part.reset(bytes, series.contentStart(), series.contentEnd());
            while (part.next()) {
              if (part.field() <= 2) {
                part.content();
              } else {
                part.skip();
              }
            }
          }
          case 2 -> {
            series.content();
            sample(series.contentStart(), series.contentEnd());
          }
          case 3 -> {
            series.content();
            attachments.checkExemplar(series.contentStart(), series.contentEnd());
          }
          case 4 -> {
            series.content();
            histogram.read(bytes, series.contentStart(), series.contentEnd());
          }
          default -> series.skip();
        }
      }
    }
  }

  private void store(long number) {
    labelCount = 0;
    labelBytes = 0;
    int samples = 0;
    int exemplars = 0;
    String flaw = null;
    series.reset(bytes, request.contentStart(), request.contentEnd());
    while (series.next()) {
      if (series.field() == 1) {
        series.content();
        flaw = label(series.contentStart(), series.contentEnd(), flaw);
      } else if (series.field() == 2) {
        series.content();
        samples++;
        sample(series.contentStart(), series.contentEnd());
        if (flaw == null && !Precision.MILLISECONDS.fits(sampleTimestamp)) {
          flaw = "sample at " + sampleTimestamp + " ms lies outside of the years 1677 to 2262";
        }
      } else if (series.field() == 4) {
        series.content();
        samples++;
        flaw = flaw == null ? histogramFlaw() : flaw;
      } else {
        exemplars += series.field() == 3 ? 1 : 0;
        series.skip();
      }
    }
    if (flaw == null) {
      flaw = labelFlaw();
    }
    if (flaw == null && samples + exemplars > 0) {
      flaw = storeSamples();
    }
    if (flaw != null) {
      sink.refuse(number, flaw + ", in " + describe());
    }
  }

  private @Nullable String histogramFlaw() {
    histogram.read(bytes, series.contentStart(), series.contentEnd());
    if (!Precision.MILLISECONDS.fits(histogram.timestamp())) {
      return "histogram at " + histogram.timestamp() + " ms lies outside of the years 1677 to 2262";
    }
    try {
      histogram.histogram();
      return null;
    } catch (BadDataException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private @Nullable String label(int start, int end, @Nullable String flaw) {
    part.reset(bytes, start, end);
    if (labelCount == LABELS_MAX) {
      return flaw == null
          ? "a series has at most " + LABELS_MAX + " labels, the metric's name among them"
          : flaw;
    }
    int at = 4 * labelCount;
    Arrays.fill(labels, at, at + 4, start);
    while (part.next()) {
      if (part.field() <= 2) {
        part.content();
        int place = at + 2 * (part.field() - 1);
        labels[place] = part.contentStart();
        labels[place + 1] = part.contentEnd();
      } else {
        part.skip();
      }
    }
    labelCount++;
    labelBytes += labels[at + 1] - labels[at] + labels[at + 3] - labels[at + 2] + 4;
    return flaw;
  }

  /** Sorts the labels by name, as the protocol demands and not every sender does, and looks for what cannot be stored. */
  private @Nullable String labelFlaw() {
    for (int i = 0; i < labelCount; i++) {
      for (int at = i; at > 0; at--) {
        int order = compareNames(at - 1, at);
        if (order == 0) {
          return "label \"" + text(labels[4 * at], labels[4 * at + 1]) + "\" is given twice";
        }
        if (order < 0) {
          break;
        }
        swap(at - 1, at);
      }
    }
    for (int i = 0; i < 4 * labelCount; i += 2) {
      if (!isUtf8(labels[i], labels[i + 1])) {
        return "a label is not UTF-8";
      }
    }
    return null;
  }

  private @Nullable String storeSamples() {
    int metric = metricLabel();
    if (metric < 0) {
      return "the label " + Tags.METRIC + " is missing or empty";
    }
    try {
      key.metric(bytes, labels[metric + 2], labels[metric + 3] - labels[metric + 2]);
      for (int i = 0; i < 4 * labelCount; i += 4) {
        if (i != metric) {
          key.tag(
              bytes,
              labels[i],
              labels[i + 1] - labels[i],
              bytes,
              labels[i + 2],
              labels[i + 3] - labels[i + 2]);
        }
      }
      sink.series(key, labelBytes);
    } catch (BadDataException e) {
      return String.valueOf(e.getMessage());
    }
    series.reset(bytes, request.contentStart(), request.contentEnd());
    while (series.next()) {
      if (series.field() == 2) {
        series.content();
        sample(series.contentStart(), series.contentEnd());
        sink.add(Precision.MILLISECONDS.toNanos(sampleTimestamp), sampleValue);
      } else if (series.field() == 4) {
        series.content();
        histogram.read(bytes, series.contentStart(), series.contentEnd());
        sink.add(Precision.MILLISECONDS.toNanos(histogram.timestamp()), histogram.histogram());
      } else if (series.field() == 3) {
        series.content();
        attachments.exemplar(series.contentStart(), series.contentEnd());
      } else {
        series.skip();
      }
    }
    return null;
  }

  /** Reads one sample; absent fields are zero, as everywhere in protobuf. */
  private void sample(int start, int end) {
    sampleValue = 0;
    sampleTimestamp = 0;
    part.reset(bytes, start, end);
    while (part.next()) {
      switch (part.field()) {
        case 1 -> sampleValue = part.fixed64AsDouble();
        case 2 -> sampleTimestamp = part.varint();
        default -> part.skip();
      }
    }
  }

  private int metricLabel() {
    for (int i = 0; i < 4 * labelCount; i += 4) {
      if (Arrays.equals(bytes, labels[i], labels[i + 1], METRIC, 0, METRIC.length)) {
        return labels[i + 2] == labels[i + 3] ? -1 : i;
      }
    }
    return -1;
  }

  private int compareNames(int a, int b) {
    return Arrays.compareUnsigned(
        bytes, labels[4 * a], labels[4 * a + 1], bytes, labels[4 * b], labels[4 * b + 1]);
  }

  private void swap(int a, int b) {
    for (int i = 0; i < 4; i++) {
      int kept = labels[4 * a + i];
      labels[4 * a + i] = labels[4 * b + i];
      labels[4 * b + i] = kept;
    }
  }

  /** The series as in PromQL, cut to a length that fits a message. */
  private String describe() {
    var text = new StringBuilder("{");
    for (int i = 0; i < 4 * labelCount && text.length() < 200; i += 4) {
      text.append(i == 0 ? "" : ", ")
          .append(text(labels[i], labels[i + 1]))
          .append("=\"")
          .append(text(labels[i + 2], labels[i + 3]))
          .append('"');
    }
    return text.append('}').toString();
  }

  private String text(int start, int end) {
    int length = Math.min(60, end - start);
    return new String(bytes, start, length, StandardCharsets.UTF_8)
        + (length < end - start ? "..." : "");
  }

  private boolean isUtf8(int start, int end) {
    int at = start;
    while (at < end && bytes[at] >= 0) {
      at++;
    }
    if (at == end) {
      return true;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, end - at));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
