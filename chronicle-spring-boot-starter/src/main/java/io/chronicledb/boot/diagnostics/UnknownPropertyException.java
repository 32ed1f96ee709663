package io.chronicledb.boot.diagnostics;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The configuration has {@code chronicle.*} keys that nothing reads. */
public final class UnknownPropertyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<UnknownProperty> properties;

  /**
   * One such key.
   *
   * @param name as it was written
   * @param place where
   * @param nearest the key that was probably meant; null where none is near
   */
  public record UnknownProperty(
      String name, String place, @Nullable String nearest) {

    @Override
    public String toString() {
      return "unknown property \"" + name + "\" in " + place
          + (nearest == null ? "" : "; did you mean \"" + nearest + "\"?");
    }
  }

  UnknownPropertyException(List<UnknownProperty> properties) {
    super(properties.stream().map(UnknownProperty::toString).collect(Collectors.joining("\n")));
    this.properties = List.copyOf(properties);
  }

  /** All of them, in the order of the configuration's precedence. */
  public List<UnknownProperty> properties() {
    return properties;
  }
}
