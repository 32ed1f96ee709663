package io.chronicledb.boot.autoconfigure.metrics;

import io.chronicledb.boot.autoconfigure.ChronicleAutoConfiguration;
import io.chronicledb.boot.metrics.ChronicleMetrics;
import io.chronicledb.engine.ChronicleDatabase;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** {@link EnableAutoConfiguration Auto-configuration} for the meters of the database. */
@AutoConfiguration(after = ChronicleAutoConfiguration.class)
@ConditionalOnClass({ChronicleDatabase.class, MeterBinder.class})
@ConditionalOnSingleCandidate(ChronicleDatabase.class)
public final class ChronicleMetricsAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  ChronicleMetrics chronicleMetrics(ChronicleDatabase database) {
    return new ChronicleMetrics(database);
  }
}
