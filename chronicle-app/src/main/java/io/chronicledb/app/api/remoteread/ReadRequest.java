package io.chronicledb.app.api.remoteread;

import io.chronicledb.app.wire.ProtobufCursor;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.TagMatcher;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A request of remote read. Hints tell what the samples are for and change nothing; they are passed over.
 *
 * @param chunks whether the samples come as a stream of chunks
 */
record ReadRequest(List<Query> queries, boolean chunks) {

  /** Queries in one request; Prometheus sends one. */
  static final int QUERIES_MAX = 100;

  static final int MATCHERS_MAX = 1_000;

  private static final int SAMPLES = 0;
  private static final int STREAMED_XOR_CHUNKS = 1;

  ReadRequest {
    queries = List.copyOf(queries);
  }

  /**
   * The series that all matchers match, and their samples within a range.
   *
   * @param start milliseconds, included
   * @param end milliseconds, included
   */
  record Query(long start, long end, List<TagMatcher> matchers) {

    Query {
      matchers = List.copyOf(matchers);
    }
  }

  /** @throws BadDataException for a message that is malformed, or asks for an answer in another form than the two that there are */
  static ReadRequest decode(byte[] message) {
    var queries = new ArrayList<Query>();
    boolean asked = false;
    int form = -1;
    var cursor = new ProtobufCursor().reset(message, 0, message.length);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 1 -> {
          cursor.content();
          if (queries.size() == QUERIES_MAX) {
            throw new BadDataException("a request has at most " + QUERIES_MAX + " queries");
          }
          queries.add(query(message, cursor.contentStart(), cursor.contentEnd()));
        }
        case 2 -> {
          if (cursor.isContent()) {
            cursor.content();
            var packed =
                new ProtobufCursor().reset(message, cursor.contentStart(), cursor.contentEnd());
            while (packed.hasPacked()) {
              form = first(form, packed.packedVarint());
              asked = true;
            }
          } else {
            form = first(form, cursor.varint());
            asked = true;
          }
        }
        default -> cursor.skip();
      }
    }
    if (asked && form < 0) {
      throw new BadDataException(
          "none of the accepted response types is known; use SAMPLES or STREAMED_XOR_CHUNKS");
    }
    return new ReadRequest(queries, form == STREAMED_XOR_CHUNKS);
  }

  /** The first that is known counts. */
  private static int first(int found, long type) {
    return found < 0 && (type == SAMPLES || type == STREAMED_XOR_CHUNKS) ? (int) type : found;
  }

  private static Query query(byte[] message, int from, int to) {
    long start = 0;
    long end = 0;
    var matchers = new ArrayList<TagMatcher>();
    var cursor = new ProtobufCursor().reset(message, from, to);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 1 -> start = cursor.varint();
        case 2 -> end = cursor.varint();
        case 3 -> {
          cursor.content();
          if (matchers.size() == MATCHERS_MAX) {
            throw new BadDataException("a query has at most " + MATCHERS_MAX + " matchers");
          }
          matchers.add(matcher(message, cursor.contentStart(), cursor.contentEnd()));
        }
        default -> cursor.skip();
      }
    }
    return new Query(start, end, matchers);
  }

  private static TagMatcher matcher(byte[] message, int from, int to) {
    long type = 0;
    String name = "";
    String value = "";
    var cursor = new ProtobufCursor().reset(message, from, to);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 1 -> type = cursor.varint();
        case 2 -> name = text(message, cursor);
        case 3 -> value = text(message, cursor);
        default -> cursor.skip();
      }
    }
    return new TagMatcher(name, op(type), value);
  }

  private static TagMatcher.Op op(long type) {
    if (type == 0) {
      return TagMatcher.Op.EQUAL;
    } else if (type == 1) {
      return TagMatcher.Op.NOT_EQUAL;
    } else if (type == 2) {
      return TagMatcher.Op.REGEX;
    } else if (type == 3) {
      return TagMatcher.Op.NOT_REGEX;
    }
    throw new BadDataException("there is no matcher of type " + type);
  }

  private static String text(byte[] message, ProtobufCursor cursor) {
    cursor.content();
    int start = cursor.contentStart();
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(message, start, cursor.contentEnd() - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw new BadDataException("a matcher at offset " + start + " is not UTF-8");
    }
  }
}
