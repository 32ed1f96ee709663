package io.chronicledb.boot.autoconfigure.health;

import io.chronicledb.boot.autoconfigure.ChronicleAutoConfiguration;
import io.chronicledb.boot.health.ChronicleHealthIndicator;
import io.chronicledb.engine.ChronicleDatabase;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** {@link EnableAutoConfiguration Auto-configuration} for the health of the database. */
@AutoConfiguration(after = ChronicleAutoConfiguration.class)
@ConditionalOnClass({ChronicleDatabase.class, HealthIndicator.class})
@ConditionalOnSingleCandidate(ChronicleDatabase.class)
public final class ChronicleHealthAutoConfiguration {

  // The condition on the indicator is from an optional jar too: on the class it would be evaluated
  // without that jar.
  @Bean
  @ConditionalOnMissingBean(name = "chronicleHealthIndicator")
  @ConditionalOnEnabledHealthIndicator("chronicle")
  ChronicleHealthIndicator chronicleHealthIndicator(ChronicleDatabase database) {
    return new ChronicleHealthIndicator(database);
  }
}
