package io.chronicledb.app.api.sql;

import io.chronicledb.app.problem.RequestRefusedException;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;

/** How a result is written. */
enum TableFormat {
  JSON(MediaType.APPLICATION_JSON),
  CSV(MediaType.parseMediaType("text/csv;charset=UTF-8")),
  NDJSON(MediaType.APPLICATION_NDJSON),
  /** JSON too, and therefore only by its name. */
  SERIES(MediaType.APPLICATION_JSON);

  private final MediaType mediaType;

  TableFormat(MediaType mediaType) {
    this.mediaType = mediaType;
  }

  /** Whether the answer is one JSON object, with room for warnings and statistics. */
  boolean isObject() {
    return this == JSON || this == SERIES;
  }

  MediaType mediaType() {
    return mediaType;
  }

  /** The parameter {@code format} where it is given, otherwise what the header {@code Accept} likes best. */
  static TableFormat choose(@Nullable String format, @Nullable String accept) {
    if (format != null) {
      return switch (format) {
        case "json" -> JSON;
        case "csv" -> CSV;
        case "ndjson" -> NDJSON;
        case "series" -> SERIES;
        default ->
          throw new BadDataException(
              "format \"" + format + "\" is none of json, csv, ndjson, series");
      };
    }
    if (accept == null || accept.isBlank()) {
      return JSON;
    }
    List<MediaType> types;
    try {
      types = MediaType.parseMediaTypes(accept);
      MimeTypeUtils.sortBySpecificity(types);
      types.sort((a, b) -> Double.compare(b.getQualityValue(), a.getQualityValue()));
    } catch (InvalidMediaTypeException | InvalidMimeTypeException e) {
      // The latter for more types than Spring cares to sort.
      throw new BadDataException("header Accept \"" + shorten(accept) + "\" is malformed");
    }
    for (MediaType type : types) {
      for (TableFormat candidate : values()) {
        if (candidate != SERIES
            && type.getQualityValue() > 0
            && type.includes(candidate.mediaType)) {
          return candidate;
        }
      }
    }
    throw new RequestRefusedException(
        HttpStatus.NOT_ACCEPTABLE,
        ErrorCode.UNSUPPORTED,
        "results come as application/json, text/csv or application/x-ndjson, not as "
            + shorten(accept));
  }

  private static String shorten(String header) {
    return header.length() > 60 ? header.substring(0, 60) + "..." : header;
  }
}
