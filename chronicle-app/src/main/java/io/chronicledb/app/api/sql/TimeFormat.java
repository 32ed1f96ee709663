package io.chronicledb.app.api.sql;

import io.chronicledb.app.wire.Precision;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.TimeText;
import org.jspecify.annotations.Nullable;

/**
 * How times are written, the parameter {@code epoch}.
 *
 * @param precision the unit of integers; null for RFC 3339 text
 */
record TimeFormat(@Nullable Precision precision) {

  static TimeFormat parse(@Nullable String epoch) {
    if (epoch == null || epoch.equals("rfc3339")) {
      return new TimeFormat(null);
    }
    return switch (epoch) {
      case "ns", "us", "ms", "s" -> new TimeFormat(Precision.parse(epoch));
      default ->
        throw new BadDataException("epoch \"" + epoch + "\" is none of rfc3339, ns, us, ms, s");
    };
  }

  String text(long nanos) {
    return precision == null ? TimeText.format(nanos) : Long.toString(precision.fromNanos(nanos));
  }
}
