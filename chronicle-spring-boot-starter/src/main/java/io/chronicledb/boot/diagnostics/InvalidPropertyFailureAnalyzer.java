package io.chronicledb.boot.diagnostics;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/** Names the property, its value as it was written, and the place. */
final class InvalidPropertyFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidPropertyException> {

  private final Environment environment;

  InvalidPropertyFailureAnalyzer(Environment environment) {
    this.environment = environment;
  }

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidPropertyException cause) {
    ConfigurationProperty found = find(cause.property());
    String value = found == null ? cause.value() : String.valueOf(found.getValue());
    String place = found == null || found.getOrigin() == null ? "" : " in " + found.getOrigin();
    return new FailureAnalysis(
        "The property \"" + cause.property() + "\" has the invalid value \"" + value + "\"" + place
            + ": " + cause.reason() + ".",
        "Change the value of \"" + cause.property() + "\"" + place
            + ", or remove it to use the default.",
        cause);
  }

  private @Nullable ConfigurationProperty find(String property) {
    if (environment instanceof ConfigurableEnvironment configurable) {
      ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
      for (ConfigurationPropertySource source :
          ConfigurationPropertySources.from(configurable.getPropertySources())) {
        ConfigurationProperty found = source.getConfigurationProperty(name);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }
}
