package io.chronicledb.boot.autoconfigure;

import io.chronicledb.boot.diagnostics.UnknownPropertyCheck;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.query.QueryEngine;
import io.chronicledb.engine.query.QueryPlanner;
import io.chronicledb.engine.wal.WriteAheadLog;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for an embedded {@link ChronicleDatabase}. Each bean backs off where the application
 * has one of its type.
 */
@AutoConfiguration
@ConditionalOnClass(ChronicleDatabase.class)
@ConditionalOnBooleanProperty(name = "chronicle.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ChronicleProperties.class)
public final class ChronicleAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  static UnknownPropertyCheck chronicleUnknownPropertyCheck(ConfigurableEnvironment environment) {
    return new UnknownPropertyCheck(environment);
  }

  @Bean
  @ConfigurationPropertiesBinding
  static PathToTextConverter chroniclePathToTextConverter() {
    return new PathToTextConverter();
  }

  @Bean
  @ConditionalOnMissingBean
  ChronicleOptions chronicleOptions(
      ChronicleProperties properties, ObjectProvider<ChronicleOptionsCustomizer> customizers) {
    ChronicleOptions options = OptionsFromProperties.of(properties);
    for (ChronicleOptionsCustomizer customizer : customizers.orderedStream().toList()) {
      options = customizer.customize(options);
    }
    return options;
  }

  @Bean
  @ConditionalOnMissingBean
  QueryPlanner chronicleQueryPlanner() {
    return QueryPlanner.standard();
  }

  /** The log's own options count: it may be the application's, or one that lives in memory. */
  @Bean
  @ConditionalOnMissingBean
  ChronicleDatabase chronicleDatabase(
      StorageBackend storage, WriteAheadLog wal, QueryPlanner planner, ChronicleOptions options) {
    return ChronicleDatabase.open(storage, wal, planner, options.withWal(wal.options()));
  }

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnSingleCandidate(ChronicleDatabase.class)
  QueryEngine chronicleQueryEngine(ChronicleDatabase database) {
    return database.queryEngine();
  }
}
