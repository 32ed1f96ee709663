package io.chronicledb.app.ingest.influx;

import io.chronicledb.app.ingest.PointSink;
import io.chronicledb.app.wire.Precision;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes InfluxDB's line protocol from bytes, without a string for each point.
 *
 * <pre>
 * measurement[,tag=value]* field=value[,field=value]* [timestamp]
 * </pre>
 *
 * Each field becomes a point of the metric {@code measurement_field}, or {@code measurement} when the field is called {@code value}; with
 * which fields a measurement comes is told once.
 * Numbers, whole numbers ({@code 1i}, {@code 1u}) and booleans (as 0 and 1) are values; strings are not. A line is stored as a whole or
 * refused as a whole, with its number and the reason; the lines around it are not touched by that.
 *
 * <p>Escapes are undone in place, so the body's bytes change. One instance decodes one body; not thread-safe.
 */
final class LineProtocolDecoder {

  /** Fields of one line at most. */
  static final int FIELDS_MAX = 10_000;

  /**
   * Bytes of series keys in one body: a line writes its tags out again for each of its fields, so keys can take far more than the body,
   * and past this it is no data but an attempt to keep us busy.
   */
  static final long KEY_BYTES_MAX = 1L << 30;

  private static final byte[] VALUE = {'v', 'a', 'l', 'u', 'e'};
  private static final byte[] METRIC_TAG = Tags.METRIC.getBytes(StandardCharsets.US_ASCII);
  private static final int NONE = -1;

  private final Precision precision;
  private final long now;
  private final PointSink sink;
  private final FieldLayouts layouts = new FieldLayouts();
  private final SeriesKey key = new SeriesKey();

  private long keyBytes;
  private byte[] body = new byte[0];
  private int bodyEnd;
  private boolean allUtf8;
  /** From here on the body has no closing quote; looked for once and not again at every line. */
  private int noQuoteFrom = Integer.MAX_VALUE;

  private int position;
  private int lineEnd;
  /** Where the token read last lies, unescaped. */
  private int tokenStart;

  private int tokenEnd;

  /** Start and end of each tag's name, then start and end of its value. */
  private final int[] tags = new int[4 * SeriesKey.TAGS_MAX];

  private int tagCount;
  /** Start and end of each field's name. */
  private int[] fieldNames = new int[2 * 16];

  private double[] fieldValues = new double[16];
  private int fieldCount;
  private final byte[] metric = new byte[SeriesKey.NAME_BYTES_MAX];

  /**
   * @param precision unit of the timestamps
   * @param now nanoseconds, for lines without a timestamp
   */
  LineProtocolDecoder(Precision precision, long now, PointSink sink) {
    this.precision = precision;
    this.now = now;
    this.sink = sink;
  }

  void decode(byte[] bytes, int length) {
    body = bytes;
    bodyEnd = length;
    allUtf8 = isUtf8(0, length);
    long lineNumber = 1;
    int start = 0;
    while (start < bodyEnd) {
      lineEnd = endOfLine(start);
      position = start;
      try {
        skipBlanks();
        if (position < contentEnd() && body[position] != '#') {
          line();
        }
      } catch (BadLineException e) {
        sink.refuse(lineNumber, e.reason());
      } catch (BadDataException e) {
        sink.refuse(lineNumber, String.valueOf(e.getMessage()));
      }
      lineNumber += lineBreaks(start, lineEnd) + 1;
      start = lineEnd + 1;
    }
  }

  private void line() throws BadLineException {
    if (!allUtf8 && !isUtf8(position, lineEnd)) {
      throw new BadLineException("the line is not UTF-8");
    }
    measurement();
    int measurementStart = tokenStart;
    int measurementEnd = tokenEnd;
    tagCount = 0;
    while (position < contentEnd() && body[position] == ',') {
      position++;
      tag();
    }
    skipBlanks();
    fields();
    long timestamp = timestamp();
    emit(measurementStart, measurementEnd, timestamp);
  }

  private void measurement() throws BadLineException {
    token((byte) ',', (byte) ',', (byte) ' ');
    if (tokenStart == tokenEnd) {
      throw new BadLineException("the measurement is missing");
    }
  }

  private void tag() throws BadLineException {
    token((byte) '=', (byte) ',', (byte) ' ');
    int nameStart = tokenStart;
    int nameEnd = tokenEnd;
    if (nameStart == nameEnd) {
      throw new BadLineException("a tag's name is missing");
    }
    if (position >= contentEnd() || body[position] != '=') {
      throw new BadLineException(
          "tag \"" + AsciiNumber.shorten(body, nameStart, nameEnd) + "\" has no value");
    }
    position++;
    token((byte) ',', (byte) '=', (byte) ' ');
    if (position < contentEnd() && body[position] == '=') {
      throw new BadLineException("tag \"" + AsciiNumber.shorten(body, nameStart, nameEnd)
          + "\" has an unescaped = in its value");
    }
    if (tokenStart == tokenEnd) {
      throw new BadLineException(
          "tag \"" + AsciiNumber.shorten(body, nameStart, nameEnd) + "\" has no value");
    }
    if (tagCount == SeriesKey.TAGS_MAX) {
      throw new BadLineException("a series has at most " + SeriesKey.TAGS_MAX + " tags");
    }
    if (Arrays.equals(body, nameStart, nameEnd, METRIC_TAG, 0, METRIC_TAG.length)) {
      throw new BadLineException("tag \"" + Tags.METRIC + "\" is reserved for the metric's name");
    }
    tags[4 * tagCount] = nameStart;
    tags[4 * tagCount + 1] = nameEnd;
    tags[4 * tagCount + 2] = tokenStart;
    tags[4 * tagCount + 3] = tokenEnd;
    tagCount++;
  }

  private void fields() throws BadLineException {
    fieldCount = 0;
    int stringStart = NONE;
    int stringEnd = NONE;
    if (position >= contentEnd()) {
      throw new BadLineException("the fields are missing");
    }
    while (true) {
      token((byte) '=', (byte) ',', (byte) ' ');
      if (tokenStart == tokenEnd) {
        throw new BadLineException("a field's name is missing");
      }
      int nameStart = tokenStart;
      int nameEnd = tokenEnd;
      if (position >= contentEnd() || body[position] != '=') {
        throw new BadLineException(
            "field \"" + AsciiNumber.shorten(body, nameStart, nameEnd) + "\" has no value");
      }
      position++;
      if (position < contentEnd() && body[position] == '"') {
        // The line is refused, but only after its strings: they may contain line breaks.
        skipString();
        if (stringStart == NONE) {
          stringStart = nameStart;
          stringEnd = nameEnd;
        }
      } else {
        addField(nameStart, nameEnd, value(nameStart, nameEnd));
      }
      if (position >= contentEnd() || body[position] != ',') {
        break;
      }
      position++;
    }
    if (stringStart != NONE) {
      throw new BadLineException("field \"" + AsciiNumber.shorten(body, stringStart, stringEnd)
          + "\" is a string; only numbers and booleans are stored");
    }
  }

  private void addField(int nameStart, int nameEnd, double value) throws BadLineException {
    if (fieldCount == FIELDS_MAX) {
      throw new BadLineException("a line has at most " + FIELDS_MAX + " fields");
    }
    if (fieldCount == fieldValues.length) {
      fieldNames = Arrays.copyOf(fieldNames, fieldNames.length * 2);
      fieldValues = Arrays.copyOf(fieldValues, fieldValues.length * 2);
    }
    fieldNames[2 * fieldCount] = nameStart;
    fieldNames[2 * fieldCount + 1] = nameEnd;
    fieldValues[fieldCount++] = value;
  }

  private double value(int nameStart, int nameEnd) throws BadLineException {
    int from = position;
    int end = contentEnd();
    while (position < end && body[position] != ',' && body[position] != ' ') {
      position++;
    }
    int to = position;
    if (from == to) {
      throw new BadLineException(
          "field \"" + AsciiNumber.shorten(body, nameStart, nameEnd) + "\" has no value");
    }
    try {
      return switch (body[from]) {
        case 't', 'T', 'f', 'F' -> bool(from, to);
        default ->
          switch (body[to - 1]) {
            case 'i' -> AsciiNumber.parseLong(body, from, to - 1);
            case 'u' -> AsciiNumber.parseUnsigned(body, from, to - 1);
            default -> AsciiNumber.parseDouble(body, from, to);
          };
      };
    } catch (BadLineException e) {
      throw new BadLineException(
          "field \"" + AsciiNumber.shorten(body, nameStart, nameEnd) + "\": " + e.reason());
    }
  }

  private double bool(int from, int to) throws BadLineException {
    return switch (new String(body, from, Math.min(6, to - from), StandardCharsets.ISO_8859_1)) {
      case "t", "T", "true", "True", "TRUE" -> 1;
      case "f", "F", "false", "False", "FALSE" -> 0;
      default ->
        throw new BadLineException(
            "\"" + AsciiNumber.shorten(body, from, to) + "\" is neither true nor false");
    };
  }

  private long timestamp() throws BadLineException {
    int end = contentEnd();
    if (position < end && body[position] != ' ' && body[position] != '\t') {
      throw new BadLineException(
          "unexpected text \"" + AsciiNumber.shorten(body, position, end) + "\" after a field");
    }
    skipBlanks();
    while (end > position && (body[end - 1] == ' ' || body[end - 1] == '\t')) {
      end--;
    }
    if (position == end) {
      return now;
    }
    long timestamp;
    try {
      timestamp = AsciiNumber.parseLong(body, position, end);
    } catch (BadLineException e) {
      throw new BadLineException("timestamp " + e.reason());
    }
    if (!precision.fits(timestamp)) {
      throw new BadLineException("timestamp " + timestamp + " with precision " + precision
          + " lies outside of the years 1677 to 2262");
    }
    return timestamp * precision.nanosPerUnit();
  }

  private void emit(int measurementStart, int measurementEnd, long timestamp)
      throws BadLineException {
    int measurementLength = measurementEnd - measurementStart;
    // All that can be wrong with a field is found before the first point: no part of a bad line is
    // stored.
    int tagBytes = tagBytes();
    checkFields(measurementStart, measurementEnd, tagBytes);
    recordFields(measurementStart, measurementEnd);
    System.arraycopy(body, measurementStart, metric, 0, measurementLength);
    for (int i = 0; i < fieldCount; i++) {
      int length = measurementLength;
      if (!isValue(i)) {
        int nameLength = fieldNames[2 * i + 1] - fieldNames[2 * i];
        metric[length++] = '_';
        System.arraycopy(body, fieldNames[2 * i], metric, length, nameLength);
        length += nameLength;
      }
      key.metric(metric, 0, length);
      for (int t = 0; t < 4 * tagCount; t += 4) {
        key.tag(body, tags[t], tags[t + 1] - tags[t], body, tags[t + 2], tags[t + 3] - tags[t + 2]);
      }
      sink.series(key, length + tagBytes);
      sink.add(timestamp, fieldValues[i]);
    }
  }

  /** Tells the sink with which fields the measurement comes, unless a line before did. */
  private void recordFields(int measurementStart, int measurementEnd) {
    if (fieldCount == 1 && isValue(0)) {
      return;
    }
    layouts.measurement(body, measurementStart, measurementEnd);
    for (int i = 0; i < fieldCount; i++) {
      layouts.add(body, fieldNames[2 * i], fieldNames[2 * i + 1]);
    }
    if (!layouts.isNew()) {
      return;
    }
    String measurement = text(measurementStart, measurementEnd);
    for (int i = 0; i < fieldCount; i++) {
      if (!isValue(i)) {
        sink.field(measurement, text(fieldNames[2 * i], fieldNames[2 * i + 1]));
      }
    }
  }

  private String text(int start, int end) {
    return new String(body, start, end - start, StandardCharsets.UTF_8);
  }

  private void checkFields(int measurementStart, int measurementEnd, int tagBytes)
      throws BadLineException {
    long lineKeyBytes = 0;
    for (int i = 0; i < fieldCount; i++) {
      int length = measurementEnd - measurementStart;
      length += isValue(i) ? 0 : 1 + fieldNames[2 * i + 1] - fieldNames[2 * i];
      if (length > metric.length) {
        throw new BadLineException(
            "metric name of " + length + " bytes is longer than " + metric.length + ": \""
                + AsciiNumber.shorten(body, measurementStart, measurementEnd) + "\"");
      }
      lineKeyBytes += length + tagBytes;
    }
    if (keyBytes + lineKeyBytes > KEY_BYTES_MAX) {
      throw new BadLineException(
          "the series of this request take more than " + KEY_BYTES_MAX + " bytes written out");
    }
    keyBytes += lineKeyBytes;
  }

  /** What the tags add to the key of a series, about. */
  private int tagBytes() {
    int bytes = 0;
    for (int t = 0; t < 4 * tagCount; t += 4) {
      bytes += tags[t + 1] - tags[t] + tags[t + 3] - tags[t + 2] + 4;
    }
    return bytes;
  }

  private boolean isValue(int field) {
    return Arrays.equals(
        body, fieldNames[2 * field], fieldNames[2 * field + 1], VALUE, 0, VALUE.length);
  }

  /**
   * Reads up to one of three stops that is not escaped and undoes the escapes. A backslash before anything else than a stop is a
   * backslash; an equals sign in a measurement is no stop, so the comma is given twice there.
   */
  private void token(byte stop1, byte stop2, byte stop3) {
    int end = contentEnd();
    tokenStart = position;
    int write = position;
    int read = position;
    while (read < end) {
      byte c = body[read];
      if (c == '\\' && read + 1 < end && isStop(body[read + 1], stop1, stop2, stop3)) {
        c = body[++read];
      } else if (isStop(c, stop1, stop2, stop3)) {
        break;
      }
      body[write++] = c;
      read++;
    }
    tokenEnd = write;
    position = read;
  }

  private static boolean isStop(byte c, byte stop1, byte stop2, byte stop3) {
    return c == stop1 || c == stop2 || c == stop3;
  }

  /** Moves past a quoted string; where it has line breaks in it, the line goes on to the end of its last one. */
  private void skipString() throws BadLineException {
    int at = position + 1;
    if (at < noQuoteFrom) {
      while (at < bodyEnd && body[at] != '"') {
        at += body[at] == '\\' ? 2 : 1;
      }
      if (at < bodyEnd) {
        position = at + 1;
        if (at >= lineEnd) {
          lineEnd = endOfLine(at);
        }
        return;
      }
      noQuoteFrom = position + 1;
    }
    throw new BadLineException("a string is not closed");
  }

  private void skipBlanks() {
    int end = contentEnd();
    while (position < end && (body[position] == ' ' || body[position] == '\t')) {
      position++;
    }
  }

  /** The end of the line without a carriage return. */
  private int contentEnd() {
    return lineEnd > 0 && lineEnd <= bodyEnd && lineEnd > position && body[lineEnd - 1] == '\r'
        ? lineEnd - 1
        : lineEnd;
  }

  private int endOfLine(int from) {
    int end = from;
    while (end < bodyEnd && body[end] != '\n') {
      end++;
    }
    return end;
  }

  private long lineBreaks(int from, int to) {
    long count = 0;
    for (int i = from; i < to; i++) {
      count += body[i] == '\n' ? 1 : 0;
    }
    return count;
  }

  private boolean isUtf8(int from, int to) {
    int at = from;
    while (at < to && body[at] >= 0) {
      at++;
    }
    if (at == to) {
      return true;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body, at, to - at));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
