package io.chronicledb.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.boot.autoconfigure.ChronicleAutoConfiguration;
import io.chronicledb.boot.autoconfigure.health.ChronicleHealthAutoConfiguration;
import io.chronicledb.boot.autoconfigure.info.ChronicleInfoAutoConfiguration;
import io.chronicledb.boot.autoconfigure.metrics.ChronicleMetricsAutoConfiguration;
import io.chronicledb.boot.autoconfigure.storage.ChronicleStorageAutoConfiguration;
import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;

/** Contexts of a host that has the starter and nothing else. */
public final class StarterContexts {

  private StarterContexts() {}

  /** With the data file at {@code path}. */
  public static ApplicationContextRunner at(Path path) {
    return unconfigured().withPropertyValues("chronicle.path=" + path);
  }

  public static ApplicationContextRunner inMemory() {
    return unconfigured().withPropertyValues("chronicle.storage.backend=memory");
  }

  public static ApplicationContextRunner unconfigured() {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(
            ChronicleAutoConfiguration.class,
            ChronicleStorageAutoConfiguration.class,
            ChronicleHealthAutoConfiguration.class,
            ChronicleMetricsAutoConfiguration.class,
            ChronicleInfoAutoConfiguration.class));
  }

  /** What Spring Boot would print about a failed start: the answer of the first registered analyzer that has one. */
  public static FailureAnalysis analysis(Throwable failure, Environment environment) {
    List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation()
        .load(
            FailureAnalyzer.class,
            ArgumentResolver.of(Environment.class, environment),
            // Spring Boot's own ones may want more than an environment.
            (type, name, reason) -> assertThat(name).doesNotStartWith("io.chronicledb."));
    for (FailureAnalyzer analyzer : analyzers) {
      if (analyzer.getClass().getName().startsWith("io.chronicledb.")) {
        FailureAnalysis analysis = analyzer.analyze(failure);
        if (analysis != null) {
          return analysis;
        }
      }
    }
    throw new AssertionError("no analysis", failure);
  }
}
