package io.chronicledb.boot.autoconfigure;

import io.chronicledb.engine.ChronicleOptions;

/**
 * Changes the options of the auto-configured database after {@code chronicle.*} has filled them. Beans of this type are called in their
 * {@linkplain org.springframework.core.annotation.Order order}, before anything is opened.
 */
@FunctionalInterface
public interface ChronicleOptionsCustomizer {

  /**
   * Returns the options to use instead.
   *
   * @param options as the properties and earlier customizers have them
   */
  ChronicleOptions customize(ChronicleOptions options);
}
