package io.chronicledb.app.ingest.json;

import io.chronicledb.app.ingest.PointSink;
import io.chronicledb.app.wire.Precision;
import io.chronicledb.app.wire.Utf8;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Decodes {@code {"points":[{"metric":"cpu","tags":{"host":"a"},"value":0.5,"timestamp":1}]}}.
 *
 * <p>A body that is no JSON, or not of this shape, is refused as a whole with the position: whoever wrote {@code "timestmap"} would
 * not want the points stored as of now. A point of the right shape that passes a limit is refused alone. One instance decodes one
 * body; not thread-safe.
 */
final class JsonPointsDecoder {

  /** Containers within each other at most; points need four. */
  static final int DEPTH_MAX = 64;

  private static final JsonFactory FACTORY = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(DEPTH_MAX)
          .maxNumberLength(400)
          .maxNameLength(SeriesKey.VALUE_BYTES_MAX)
          .build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .build();

  private final Precision precision;
  private final long now;
  private final PointSink sink;
  private final SeriesKey key = new SeriesKey();

  private @Nullable String metric;
  private final List<String> tags = new ArrayList<>();
  private @Nullable Double value;
  private long timestamp;
  /** Why the point cannot be stored although its shape is right. */
  private @Nullable String flaw;

  /**
   * @param precision unit of integer timestamps
   * @param now nanoseconds, for points without a timestamp
   * @param sink one that writes nothing before it is finished
   */
  JsonPointsDecoder(Precision precision, long now, PointSink sink) {
    this.precision = precision;
    this.now = now;
    this.sink = sink;
  }

  void decode(byte[] bytes, int length) {
    Utf8.require(bytes, length, "the body");
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes, 0, length)) {
      expect(
          parser,
          parser.nextToken(),
          JsonToken.START_OBJECT,
          "an object with the member \"points\"");
      boolean seen = false;
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        if (!name.equals("points")) {
          throw unknown(parser, name, "points");
        }
        seen = true;
        points(parser);
      }
      if (!seen) {
        throw malformed(parser, "the member \"points\" is missing");
      }
      if (parser.nextToken() != null) {
        throw malformed(parser, "unexpected text after the end of the object");
      }
    } catch (JacksonException e) {
      throw new BadDataException("malformed JSON at " + position(e.getLocation()) + ": "
          + firstLine(e.getOriginalMessage()));
    }
  }

  private void points(JsonParser parser) {
    expect(parser, parser.nextToken(), JsonToken.START_ARRAY, "an array of points");
    for (long number = 0; parser.nextToken() != JsonToken.END_ARRAY; number++) {
      expect(parser, parser.currentToken(), JsonToken.START_OBJECT, "a point");
      point(parser);
      store(number);
    }
  }

  private void point(JsonParser parser) {
    metric = null;
    tags.clear();
    value = null;
    timestamp = now;
    flaw = null;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "metric" -> {
          expect(parser, token, JsonToken.VALUE_STRING, "a string");
          metric = text(parser);
        }
        case "tags" -> {
          expect(parser, token, JsonToken.START_OBJECT, "an object of strings");
          tags(parser);
        }
        case "value" -> value = value(parser, token);
        case "timestamp" -> timestamp(parser, token);
        default -> throw unknown(parser, name, "metric, tags, value, timestamp");
      }
    }
  }

  private void tags(JsonParser parser) {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      expect(parser, parser.nextToken(), JsonToken.VALUE_STRING, "a string");
      if (name.equals(Tags.METRIC)) {
        flaw("tag \"" + Tags.METRIC + "\" is reserved for the metric's name");
      }
      tags.add(name);
      tags.add(text(parser));
    }
  }

  private double value(JsonParser parser, JsonToken token) {
    if (token == JsonToken.VALUE_STRING) {
      return switch (parser.getString()) {
        case "NaN" -> Double.NaN;
        case "+Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> throw malformed(parser, "value must be a number, \"NaN\", \"+Inf\" or \"-Inf\"");
      };
    }
    if (!token.isNumeric()) {
      throw malformed(parser, "value must be a number, \"NaN\", \"+Inf\" or \"-Inf\"");
    }
    double number = parser.getDoubleValue();
    if (Double.isInfinite(number)) {
      flaw("value is outside of the range of a double");
    }
    return number;
  }

  private void timestamp(JsonParser parser, JsonToken token) {
    if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NUMBER_INT) {
      throw malformed(
          parser, "timestamp must be a whole number (" + precision + ") or an RFC 3339 string");
    }
    try {
      if (token == JsonToken.VALUE_STRING) {
        timestamp = TimeText.parse(parser.getString());
      } else if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        flaw("timestamp " + parser.getString() + " lies outside of the years 1677 to 2262");
      } else {
        timestamp = precision.toNanos(parser.getLongValue());
      }
    } catch (BadDataException e) {
      flaw("timestamp: " + e.getMessage());
    }
  }

  private void store(long number) {
    if (metric == null) {
      flaw("metric is missing");
    } else if (value == null) {
      flaw("value is missing");
    } else if (flaw == null) {
      try {
        store(metric, value);
        return;
      } catch (BadDataException e) {
        flaw(String.valueOf(e.getMessage()));
      }
    }
    sink.refuse(number, String.valueOf(flaw));
  }

  private void store(String name, double number) {
    key.metric(name);
    int bytes = name.length();
    for (int i = 0; i < tags.size(); i += 2) {
      key.tag(tags.get(i), tags.get(i + 1));
      bytes += tags.get(i).length() + tags.get(i + 1).length() + 4;
    }
    sink.series(key, bytes);
    sink.add(timestamp, number);
  }

  private void flaw(String reason) {
    if (flaw == null) {
      flaw = reason;
    }
  }

  /** The string, which must be sayable in UTF-8: JSON's escapes can make half a character. */
  private String text(JsonParser parser) {
    String text = parser.getString();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw malformed(parser, "the string has half of a surrogate pair");
        }
        i++;
      }
    }
    return text;
  }

  private static void expect(
      JsonParser parser, @Nullable JsonToken actual, JsonToken expected, String what) {
    if (actual != expected) {
      throw malformed(parser, "expected " + what);
    }
  }

  private static BadDataException unknown(JsonParser parser, String name, String known) {
    String shown = name.length() > 60 ? name.substring(0, 60) + "..." : name;
    return malformed(parser, "unknown field \"" + shown + "\" (known: " + known + ")");
  }

  private static BadDataException malformed(JsonParser parser, String what) {
    String path = path(parser);
    return new BadDataException(what + " at " + position(parser.currentTokenLocation())
        + (path.isEmpty() ? "" : ", " + path) + "; nothing was stored");
  }

  private static String path(JsonParser parser) {
    // /points/3/value as points[3].value
    var text = new StringBuilder();
    for (String step : parser.streamReadContext().pathAsPointer().toString().split("/")) {
      if (!step.isEmpty()) {
        boolean index = step.chars().allMatch(Character::isDigit);
        text.append(index ? "[" : text.isEmpty() ? "" : ".").append(step).append(index ? "]" : "");
      }
    }
    return text.length() > 200 ? text.substring(0, 200) + "..." : text.toString();
  }

  private static String position(@Nullable TokenStreamLocation location) {
    return location == null
        ? "an unknown place"
        : "line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
  }
}
