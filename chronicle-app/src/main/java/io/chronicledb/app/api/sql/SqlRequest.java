package io.chronicledb.app.api.sql;

import io.chronicledb.app.wire.UrlParameters;
import io.chronicledb.app.wire.Utf8;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.query.sql.SqlParameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * A statement and the values of its parameters: strings, longs, doubles and null.
 *
 * @param values of the {@code ?}
 * @param named values of the {@code :name}; null where values are bound by position
 */
record SqlRequest(
    String query, List<@Nullable Object> values, @Nullable Map<String, @Nullable Object> named) {

  /** What may be in the URL whatever the body is. */
  static final Set<String> OPTIONS = Set.of("format", "epoch", "timeout", "stats");

  private static final Set<String> FORM =
      Set.of("q", "query", "format", "epoch", "timeout", "stats");

  private static final JsonFactory FACTORY = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(64)
          .maxNumberLength(400)
          .build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .build();

  /** From {@code q} or {@code query}; both the same thing. */
  static SqlRequest of(UrlParameters parameters) {
    parameters.allowOnly(FORM);
    String q = parameters.get("q");
    String query = parameters.get("query");
    if (q != null && query != null) {
      throw new BadDataException("give the statement as \"q\" or as \"query\", not both");
    }
    return new SqlRequest(required(q == null ? query : q), List.of(), null);
  }

  /** From <code>{"query":"...","params":[...]}</code>, or with {@code params} as an object. */
  static SqlRequest ofJson(byte[] bytes, int length) {
    Utf8.require(bytes, length, "the body");
    String query = null;
    var values = new ArrayList<@Nullable Object>();
    Map<String, @Nullable Object> named = null;
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes, 0, length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed(parser, "expected an object with the member \"query\"");
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        JsonToken token = parser.nextToken();
        switch (name) {
          case "query" -> {
            if (token != JsonToken.VALUE_STRING) {
              throw malformed(parser, "\"query\" must be a string");
            }
            query = parser.getString();
          }
          case "params" -> {
            if (token == JsonToken.START_OBJECT) {
              named = new LinkedHashMap<>();
              for (String key = parser.nextName(); key != null; key = parser.nextName()) {
                parser.nextToken();
                named.put(key, parameter(parser));
              }
            } else if (token == JsonToken.START_ARRAY) {
              while (parser.nextToken() != JsonToken.END_ARRAY) {
                values.add(parameter(parser));
              }
            } else {
              throw malformed(
                  parser,
                  "\"params\" must be an array, for the ? in the statement, or an object, for its :name,");
            }
          }
          default -> {
            String shown = name.length() > 60 ? name.substring(0, 60) + "..." : name;
            throw malformed(parser, "unknown field \"" + shown + "\", neither query nor params,");
          }
        }
      }
      if (parser.nextToken() != null) {
        throw malformed(parser, "unexpected text after the end of the object");
      }
    } catch (JacksonException e) {
      var at = e.getLocation();
      String message = e.getOriginalMessage();
      throw new BadDataException("malformed JSON"
          + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()) + ": "
          + (message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable")));
    }
    return new SqlRequest(required(query), values, named);
  }

  private static String required(@Nullable String query) {
    if (query == null || query.isBlank()) {
      throw new BadDataException(
          "a statement is missing: send ?q=, a form with q, or JSON {\"query\":\"...\",\"params\":[...]}");
    }
    return query;
  }

  private static @Nullable Object parameter(JsonParser parser) {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT ->
        parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            ? (Object) parser.getDoubleValue()
            : (Object) parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_NULL -> null;
      case VALUE_TRUE, VALUE_FALSE ->
        throw malformed(
            parser,
            "a parameter must be a string, a number or null; SQL has no booleans here: points hold 1 and 0,"
                + " tags hold text such as \"true\"; found " + parser.getString());
      default -> throw malformed(parser, "a parameter must be a string, a number or null");
    };
  }

  private static BadDataException malformed(JsonParser parser, String what) {
    var at = parser.currentTokenLocation();
    return new BadDataException(
        what + " at line " + at.getLineNr() + ", column " + at.getColumnNr());
  }

  SqlParameters parameters() {
    return named == null ? SqlParameters.of(values) : SqlParameters.named(named);
  }

  /**
   * Whether the statement may change something: its first word is no reading one. Those only come by POST, since anything may follow
   * a link.
   */
  boolean mayWrite() {
    int at = 0;
    while (at < query.length()) {
      if (Character.isWhitespace(query.charAt(at))) {
        at++;
      } else if (query.startsWith("--", at)) {
        int end = query.indexOf('\n', at);
        at = end < 0 ? query.length() : end + 1;
      } else if (query.startsWith("/*", at)) {
        int end = query.indexOf("*/", at + 2);
        at = end < 0 ? query.length() : end + 2;
      } else {
        break;
      }
    }
    return query.regionMatches(true, at, "DELETE", 0, "DELETE".length());
  }
}
