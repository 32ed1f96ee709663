package io.chronicledb.app.ingest.remotewrite;

import io.chronicledb.app.ingest.PointSink;
import io.chronicledb.app.wire.Precision;
import io.chronicledb.app.wire.ProtobufCursor;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.MetricType;
import io.chronicledb.engine.model.Tags;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Decodes what a {@code prometheus.WriteRequest} carries besides samples.
 *
 * <pre>
 * Exemplar        1 labels*         2 value fixed64         3 timestamp varint, milliseconds
 * MetricMetadata  1 type varint     2 metric family name    4 help    5 unit
 * </pre>
 *
 * Exemplars and metadata that cannot be stored are dropped and counted, as Prometheus does: a sender must not lose samples for them. One instance
 * decodes one message; not thread-safe.
 */
final class AttachmentDecoder {

  private final PointSink sink;
  private final ProtobufCursor message = new ProtobufCursor();
  private final ProtobufCursor part = new ProtobufCursor();
  private byte[] bytes = new byte[0];

  AttachmentDecoder(PointSink sink) {
    this.sink = sink;
  }

  void reset(byte[] newBytes) {
    bytes = newBytes;
  }

  /** @throws BadDataException for an exemplar that is malformed */
  void checkExemplar(int start, int end) {
    message.reset(bytes, start, end);
    while (message.next()) {
      switch (message.field()) {
        case 1 -> {
          message.content();
          part.reset(bytes, message.contentStart(), message.contentEnd());
          while (part.next()) {
            if (part.field() <= 2) {
              part.content();
            } else {
              part.skip();
            }
          }
        }
        case 2 -> message.fixed64AsDouble();
        case 3 -> message.varint();
        default -> message.skip();
      }
    }
  }

  /** Hands an exemplar of the series named last, which was checked, to the sink. */
  void exemplar(int start, int end) {
    var labels = Tags.builder();
    double value = 0;
    long millis = 0;
    message.reset(bytes, start, end);
    try {
      while (message.next()) {
        switch (message.field()) {
          case 1 -> {
            message.content();
            label(message.contentStart(), message.contentEnd(), labels);
          }
          case 2 -> value = message.fixed64AsDouble();
          case 3 -> millis = message.varint();
          default -> message.skip();
        }
      }
      sink.exemplar(labels.build(), Precision.MILLISECONDS.toNanos(millis), value);
    } catch (BadDataException e) {
      sink.drop(PointSink.Dropped.EXEMPLAR, String.valueOf(e.getMessage()));
    }
  }

  private void label(int start, int end, Tags.Builder into) {
    String name = "";
    String value = "";
    part.reset(bytes, start, end);
    while (part.next()) {
      if (part.field() > 2) {
        part.skip();
        continue;
      }
      part.content();
      if (part.field() == 1) {
        name = text(part);
      } else {
        value = text(part);
      }
    }
    into.add(name, value);
  }

  /** @throws BadDataException for metadata that is malformed */
  void checkMetadata(int start, int end) {
    message.reset(bytes, start, end);
    while (message.next()) {
      switch (message.field()) {
        case 1 -> message.varint();
        case 2, 4, 5 -> message.content();
        default -> message.skip();
      }
    }
  }

  /** Hands metadata, which was checked, to the sink. */
  void metadata(int start, int end) {
    long type = 0;
    String metric = "";
    String help = "";
    String unit = "";
    message.reset(bytes, start, end);
    try {
      while (message.next()) {
        switch (message.field()) {
          case 1 -> type = message.varint();
          case 2 -> {
            message.content();
            metric = text(message);
          }
          case 4 -> {
            message.content();
            help = text(message);
          }
          case 5 -> {
            message.content();
            unit = text(message);
          }
          default -> message.skip();
        }
      }
      sink.metadata(metric, new MetricMetadata(MetricType.of((int) type), help, unit));
    } catch (BadDataException e) {
      sink.drop(PointSink.Dropped.METADATA, String.valueOf(e.getMessage()));
    }
  }

  private String text(ProtobufCursor field) {
    int start = field.contentStart();
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, field.contentEnd() - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw new BadDataException("a text is not UTF-8");
    }
  }
}
