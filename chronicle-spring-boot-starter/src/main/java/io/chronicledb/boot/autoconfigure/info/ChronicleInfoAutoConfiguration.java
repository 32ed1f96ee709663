package io.chronicledb.boot.autoconfigure.info;

import io.chronicledb.boot.autoconfigure.ChronicleAutoConfiguration;
import io.chronicledb.boot.info.ChronicleInfoContributor;
import io.chronicledb.engine.ChronicleDatabase;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** {@link EnableAutoConfiguration Auto-configuration} for what the host's info says about Chronicle. */
@AutoConfiguration(after = ChronicleAutoConfiguration.class)
@ConditionalOnClass({
  ChronicleDatabase.class,
  InfoContributor.class,
  ConditionalOnEnabledInfoContributor.class
})
@ConditionalOnBean(ChronicleDatabase.class)
public final class ChronicleInfoAutoConfiguration {

  // The condition on the contributor is from an optional jar too: on the class it would be
  // evaluated without that jar.
  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnEnabledInfoContributor("chronicle")
  ChronicleInfoContributor chronicleInfoContributor() {
    return new ChronicleInfoContributor();
  }
}
