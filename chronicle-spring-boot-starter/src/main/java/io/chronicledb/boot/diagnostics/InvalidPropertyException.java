package io.chronicledb.boot.diagnostics;

import org.jspecify.annotations.Nullable;

/** A property has a value that Chronicle cannot work with. */
public final class InvalidPropertyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String property;
  private final String value;
  private final String reason;

  /**
   * @param property its full name, {@code chronicle.max-memory}
   * @param reason what is wrong and which values are right
   */
  public InvalidPropertyException(String property, Object value, String reason) {
    this(property, value, reason, null);
  }

  /**
   * @param property its full name, {@code chronicle.max-memory}
   * @param reason what is wrong and which values are right
   */
  public InvalidPropertyException(
      String property, Object value, String reason, @Nullable Throwable cause) {
    super(property + "=" + value + ": " + reason, cause);
    this.property = property;
    this.value = value.toString();
    this.reason = reason;
  }

  public String property() {
    return property;
  }

  /** The value after conversion; the text that was written may differ. */
  public String value() {
    return value;
  }

  public String reason() {
    return reason;
  }
}
