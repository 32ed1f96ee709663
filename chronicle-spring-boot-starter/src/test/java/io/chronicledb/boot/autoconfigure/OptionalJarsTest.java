package io.chronicledb.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.chronicledb.boot.StarterContexts;
import io.chronicledb.boot.health.ChronicleHealthIndicator;
import io.chronicledb.boot.info.ChronicleInfoContributor;
import io.chronicledb.boot.metrics.ChronicleMetrics;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.model.Tags;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;

/** Health, meters and info: there where the host has what they need, absent otherwise. */
class OptionalJarsTest {

  @Test
  void registersHealthMetersAndInfo() {
    StarterContexts.inMemory()
        .run(context -> assertThat(context)
            .hasSingleBean(ChronicleHealthIndicator.class)
            .hasSingleBean(ChronicleMetrics.class)
            .hasSingleBean(ChronicleInfoContributor.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.springframework.boot.health",
        "org.springframework.boot.actuate",
        "org.springframework.boot.actuate.autoconfigure",
        "io.micrometer",
        "org.springframework.boot.micrometer"
      })
  void startsWithout(String absent) {
    StarterContexts.inMemory()
        .withClassLoader(new FilteredClassLoader(absent))
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ChronicleDatabase.class));
  }

  @Test
  void leavesOutOnlyWhatNeedsTheAbsentJar() {
    StarterContexts.inMemory()
        .withClassLoader(
            new FilteredClassLoader("org.springframework.boot.health", "io.micrometer"))
        .run(context -> assertThat(context)
            .doesNotHaveBean("chronicleHealthIndicator")
            .doesNotHaveBean("chronicleMetrics")
            .hasSingleBean(ChronicleInfoContributor.class));
    StarterContexts.inMemory()
        .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
        .run(context -> assertThat(context)
            .doesNotHaveBean("chronicleInfoContributor")
            .hasSingleBean(ChronicleHealthIndicator.class)
            .hasSingleBean(ChronicleMetrics.class));
  }

  @Test
  void startsWithoutAnyOfThem() {
    StarterContexts.inMemory()
        .withClassLoader(new FilteredClassLoader(
            "org.springframework.boot.health",
            "org.springframework.boot.actuate",
            "org.springframework.boot.micrometer",
            "io.micrometer"))
        .run(context -> assertThat(context)
            .hasSingleBean(ChronicleDatabase.class)
            .doesNotHaveBean("chronicleHealthIndicator")
            .doesNotHaveBean("chronicleMetrics")
            .doesNotHaveBean("chronicleInfoContributor"));
  }

  @Test
  void areSwitchedOffAsUsual() {
    StarterContexts.inMemory()
        .withPropertyValues(
            "management.health.chronicle.enabled=false", "management.info.chronicle.enabled=false")
        .run(context -> assertThat(context)
            .doesNotHaveBean(ChronicleHealthIndicator.class)
            .doesNotHaveBean(ChronicleInfoContributor.class));
    StarterContexts.inMemory()
        .withPropertyValues("chronicle.enabled=false")
        .run(context -> assertThat(context)
            .doesNotHaveBean(ChronicleHealthIndicator.class)
            .doesNotHaveBean(ChronicleMetrics.class)
            .doesNotHaveBean(ChronicleInfoContributor.class));
  }

  @Test
  void backOff() {
    var mine = new ChronicleMetrics(ChronicleDatabase.inMemory());
    StarterContexts.inMemory()
        .withBean("chronicleHealthIndicator", HealthIndicator.class, () -> mock())
        .withBean("mine", ChronicleMetrics.class, () -> mine)
        .withBean("info", ChronicleInfoContributor.class)
        .run(context -> {
          assertThat(context).doesNotHaveBean(ChronicleHealthIndicator.class);
          assertThat(context).getBean(ChronicleMetrics.class).isSameAs(mine);
          assertThat(context).hasSingleBean(ChronicleInfoContributor.class);
        });
  }

  @Test
  void bindsTheMeters() {
    var registry = new SimpleMeterRegistry();
    StarterContexts.inMemory()
        .withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class))
        .withBean(MeterRegistry.class, () -> registry)
        .run(context -> {
          var database = context.getBean(ChronicleDatabase.class);
          database.write("cpu", Tags.of("host", "a"), 1, 1);
          database.write("cpu", Tags.of("host", "b"), 1, 1);
          assertThat(registry.get("chronicle.series").gauge().value()).isEqualTo(2);
          assertThat(registry.get("chronicle.head.points").gauge().value()).isEqualTo(2);
          assertThat(registry.get("chronicle.partitions").gauge().value()).isZero();
          assertThat(registry.get("chronicle.blocks").gauge().value()).isZero();
          assertThat(registry.get("chronicle.storage.bytes").gauge().value()).isNotNegative();
          assertThat(registry.get("chronicle.wal.bytes").gauge().value()).isPositive();
          assertThat(registry.get("chronicle.memory.bytes").gauge().value()).isPositive();
          assertThat(registry.get("chronicle.memory.bytes").gauge().getId().getBaseUnit())
              .isEqualTo("bytes");
        });
  }

  @Test
  void metersOfAClosedDatabaseAreNotANumber() {
    var registry = new SimpleMeterRegistry();
    var database = ChronicleDatabase.inMemory();
    new ChronicleMetrics(database).bindTo(registry);
    database.close();
    assertThat(registry.get("chronicle.series").gauge().value()).isNaN();
  }

  @Test
  void infoIsEmptyWhereTheEngineRunsFromClasses() {
    var builder = new Info.Builder();
    new ChronicleInfoContributor().contribute(builder);
    String version = ChronicleDatabase.class.getPackage().getImplementationVersion();
    assertThat(builder.build().getDetails().containsKey("chronicle")).isEqualTo(version != null);
  }
}
