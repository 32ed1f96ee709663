package io.chronicledb.boot.diagnostics;

import io.chronicledb.boot.diagnostics.UnknownPropertyException.UnknownProperty;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Stops a start whose configuration has a {@code chronicle.*} key that nothing reads, since a typing error would otherwise leave a default in
 * place unnoticed. Keys are known from the {@link org.springframework.boot.context.properties.ConfigurationProperties} beans below that
 * prefix, the application's own included.
 *
 * <p>Runs before any bean is made, and so before a file is. Environment variables are left alone: platforms inject some, such as the
 * address of a service that is called chronicle.
 */
public final class UnknownPropertyCheck implements BeanFactoryPostProcessor {

  static final String PREFIX = "chronicle";

  private final ConfigurableEnvironment environment;

  public UnknownPropertyCheck(ConfigurableEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
    KnownProperties known = KnownProperties.of(beanFactory, PREFIX);
    var unknown = new ArrayList<UnknownProperty>();
    for (PropertySource<?> source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable
          && !(source instanceof SystemEnvironmentPropertySource)) {
        check(enumerable, known, unknown);
      }
    }
    if (!unknown.isEmpty()) {
      throw new UnknownPropertyException(unknown);
    }
  }

  private static void check(
      EnumerablePropertySource<?> source, KnownProperties known, List<UnknownProperty> unknown) {
    for (String text : source.getPropertyNames()) {
      if (!text.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
        continue;
      }
      ConfigurationPropertyName name = ConfigurationPropertyName.adapt(text, '.');
      // An empty value is what YAML makes of a group without properties.
      if (KnownProperties.isBelow(name, PREFIX)
          && !known.contains(name)
          && !(known.isGroup(name) && isEmpty(source.getProperty(text)))) {
        unknown.add(new UnknownProperty(text, place(source, text), known.nearest(name)));
      }
    }
  }

  private static boolean isEmpty(@Nullable Object value) {
    return value == null || value.toString().isEmpty();
  }

  private static String place(PropertySource<?> source, String name) {
    Origin origin = OriginLookup.getOrigin(source, name);
    if (origin != null) {
      return origin.toString();
    }
    if (source instanceof CommandLinePropertySource<?>) {
      return "the command line";
    }
    return source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)
        ? "the system properties of the JVM"
        : "the property source \"" + source.getName() + "\"";
  }
}
