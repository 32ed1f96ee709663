package io.chronicledb.engine.column;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The Java types that values of a table can be asked for as, and what they are made of. */
enum Target {
  DOUBLE(Table.Type.DOUBLE, Table.Type.LONG) {
    @Override
    @Nullable
    Object convert(Object value) {
      return value instanceof Long whole ? exactDouble(whole) : value;
    }
  },
  LONG(Table.Type.LONG, Table.Type.TIMESTAMP, Table.Type.DOUBLE) {
    @Override
    @Nullable
    Object convert(Object value) {
      return value instanceof Double number ? exactLong(number) : value;
    }
  },
  INT(Table.Type.LONG, Table.Type.DOUBLE) {
    @Override
    @Nullable
    Object convert(Object value) {
      Long whole = value instanceof Double number ? exactLong(number) : (Long) value;
      return whole == null || whole != whole.intValue() ? null : (Object) whole.intValue();
    }
  },
  STRING(Table.Type.STRING) {
    @Override
    Object convert(Object value) {
      return value;
    }
  },
  INSTANT(Table.Type.TIMESTAMP) {
    @Override
    Object convert(Object value) {
      return instant((Long) value);
    }
  };

  private static final double LONG_END = 0x1p63;

  @SuppressWarnings("ImmutableEnumChecker") // Nobody changes it.
  private final Set<Table.Type> accepted;

  Target(Table.Type first, Table.Type... further) {
    accepted = EnumSet.of(first, further);
  }

  boolean accepts(Table.Type column) {
    return accepted.contains(column);
  }

  /**
   * Makes it of a value as {@link Table.Column#value} gives it, of a column that is accepted.
   *
   * @return null where that cannot be done exactly
   */
  abstract @Nullable Object convert(Object value);

  private static @Nullable Double exactDouble(long whole) {
    double number = whole;
    return number != LONG_END && (long) number == whole ? number : null;
  }

  private static @Nullable Long exactLong(double number) {
    boolean whole = number == Math.rint(number) && number >= -LONG_END && number < LONG_END;
    return whole ? (long) number : null;
  }

  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }

  /** The getter for any value of a column. */
  static String getter(Table.Type column) {
    return switch (column) {
      case TIMESTAMP -> "getInstant or getNanos";
      case DOUBLE -> "getDouble";
      case LONG -> "getLong";
      case STRING -> "getString";
    };
  }

  /** The type of a component for any value of a column. */
  static String component(Table.Type column) {
    return switch (column) {
      case TIMESTAMP -> "Instant or long";
      case DOUBLE -> "Double";
      case LONG -> "long";
      case STRING -> "String";
    };
  }
}
