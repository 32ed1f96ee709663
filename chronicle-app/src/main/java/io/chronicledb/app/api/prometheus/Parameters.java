package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.DurationParameter;
import io.chronicledb.app.wire.Millis;
import io.chronicledb.app.wire.NumberText;
import io.chronicledb.app.wire.RequestBody;
import io.chronicledb.app.wire.UrlParameters;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.QueryOptions;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * The parameters of one request, from the URL or a form. Times become whole milliseconds, the resolution of this API; those outside of what
 * can be stored become the nearest that can. Parameters that are not known are left alone, as Prometheus does: proxies
 * and dashboards add some of their own.
 */
final class Parameters {

  private static final Set<String> WITH_FORM = Set.of("POST", "PUT");

  private final UrlParameters parameters;

  Parameters(UrlParameters parameters) {
    this.parameters = parameters;
  }

  /** The parameters of the form, if the request has one, and of the URL; where both have one, the form's counts. */
  static Parameters of(HttpServletRequest request, BodyMemory memory) throws IOException {
    UrlParameters url = UrlParameters.parse(request.getQueryString());
    String contentType = request.getContentType();
    if (!WITH_FORM.contains(request.getMethod())
        || contentType == null
        || !contentType
            .toLowerCase(Locale.ROOT)
            .startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE)) {
      return new Parameters(url);
    }
    try (RequestBody body = RequestBody.read(request, memory)) {
      body.reserve(UrlParameters.FORM_BYTES_PER_BYTE * body.length());
      return new Parameters(UrlParameters.parseForm(body.bytes(), body.length()).and(url));
    }
  }

  /** Empty where the parameter is absent. */
  String text(String name) {
    String value = parameters.get(name);
    return value == null ? "" : value;
  }

  List<String> texts(String name) {
    return parameters.getAll(name);
  }

  /** Milliseconds since the epoch; a parameter that must be given. */
  long millis(String name) {
    String text = text(name);
    Double seconds = NumberText.parse(text);
    if (seconds != null) {
      return clamp(Math.floor(Math.round(seconds * 1e6) / 1e3));
    }
    try {
      // By the JDK, since what nanoseconds cannot say is clamped here and no error.
      return clamp(OffsetDateTime.parse(text).toInstant().toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      throw ApiException.parameter(name, "cannot parse \"" + text + "\" to a valid timestamp");
    }
  }

  private static long clamp(double millis) {
    return (long) Math.max(Millis.MIN, Math.min(Millis.MAX, millis));
  }

  long millis(String name, long whenAbsent) {
    String text = text(name);
    // How Go's oldest and newest times look, which clients send for "all of it".
    if (text.isEmpty()) {
      return whenAbsent;
    } else if (text.equals("-292273086-05-16T16:47:06Z")) {
      return Millis.MIN;
    } else if (text.equals("292277025-08-18T07:12:54.999999999Z")) {
      return Millis.MAX;
    }
    return millis(name);
  }

  /** Milliseconds; a parameter that must be given. */
  long stepMillis(String name) {
    return durationNanos(name) / Millis.NANOS;
  }

  private long durationNanos(String name) {
    String text = text(name);
    Long nanos = DurationParameter.parseNanos(text);
    if (nanos == null) {
      throw ApiException.parameter(name, "cannot parse \"" + text + "\" to a valid duration");
    }
    return nanos;
  }

  private @Nullable Duration duration(String name) {
    return text(name).isEmpty() ? null : Duration.ofNanos(durationNanos(name));
  }

  /** From {@code timeout} and {@code lookback_delta}. */
  QueryOptions queryOptions() {
    Duration timeout = duration("timeout");
    Duration lookback = duration("lookback_delta");
    if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
      throw new ChronicleException(
          ErrorCode.QUERY_TIMEOUT, "the timeout of the request is over before the query starts");
    }
    if (lookback != null && lookback.isNegative()) {
      throw ApiException.parameter("lookback_delta", "must not be negative");
    }
    // A lookback of zero is the server's own, as leaving it out is.
    return new QueryOptions(timeout, lookback == null || lookback.isZero() ? null : lookback);
  }

  /** Zero for no limit. */
  int limit() {
    Integer limit = whole("limit");
    if (limit == null) {
      return 0;
    }
    if (limit < 0) {
      throw ApiException.parameter("limit", "limit must be non-negative");
    }
    return limit;
  }

  /** A whole number; null where the parameter is absent. */
  @Nullable
  Integer whole(String name) {
    String text = text(name);
    try {
      return text.isEmpty() ? null : (Integer) Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw ApiException.parameter(name, "cannot parse \"" + text + "\" to a whole number");
    }
  }

  /** As Go reads booleans; false where the parameter is absent. */
  boolean flag(String name) {
    return switch (text(name)) {
      case "", "0", "f", "F", "false", "FALSE", "False" -> false;
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      default -> throw ApiException.parameter(name, "\"" + text(name) + "\" is not a boolean");
    };
  }

  /** From {@code start} and {@code end}, both inclusive and optional. */
  TimeRange range() {
    long start = millis("start", Millis.MIN);
    long end = millis("end", Millis.MAX);
    if (end < start) {
      throw ApiException.parameter("end", "end timestamp must not be before start time");
    }
    return Millis.closed(start, end);
  }
}
