package io.chronicledb.boot.autoconfigure;

import java.nio.file.Path;
import org.springframework.core.convert.converter.Converter;

/**
 * Lets code set {@code chronicle.path} to a {@link Path}, as tests do with their temporary directories. The property itself is a text:
 * Spring's conversion to a {@link Path} would look for a relative one on the class path first.
 */
final class PathToTextConverter implements Converter<Path, String> {

  @Override
  public String convert(Path path) {
    return path.toString();
  }
}
