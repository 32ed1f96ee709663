package io.chronicledb.boot.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.boot.StarterContexts;
import io.chronicledb.boot.diagnostics.UnknownPropertyException.UnknownProperty;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

class UnknownPropertyCheckTest {

  @TempDir
  Path directory;

  private ApplicationContextRunner contexts() {
    return StarterContexts.at(directory.resolve("chronicle.db"));
  }

  private List<UnknownProperty> unknown(ApplicationContextRunner runner) {
    var found = new ArrayList<UnknownProperty>();
    String[] before = directory.toFile().list();
    runner.run(context -> {
      if (context.getStartupFailure() != null) {
        assertThat(context.getStartupFailure()).isInstanceOf(UnknownPropertyException.class);
        found.addAll(((UnknownPropertyException) context.getStartupFailure()).properties());
        assertThat(directory.toFile().list()).as("nothing is opened").isEqualTo(before);
      }
    });
    return found;
  }

  private static ApplicationContextRunner withYaml(ApplicationContextRunner runner, String text) {
    return runner.withInitializer(context -> {
      var resource =
          new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8), "application.yaml");
      try {
        new YamlPropertySourceLoader()
            .load("application.yaml", resource)
            .forEach(context.getEnvironment().getPropertySources()::addLast);
      } catch (java.io.IOException e) {
        throw new AssertionError(e);
      }
    });
  }

  @ParameterizedTest
  @CsvSource(textBlock = """
          chronicle.pth,            chronicle.path
          chronicle.max-memroy,     chronicle.max-memory
          chronicle.maxMemroy,      chronicle.max-memory
          chronicle.buffersizes,    chronicle.buffer-size
          chronicle.wal.sync-intervall, chronicle.wal.sync-interval
          chronicle.enable,         chronicle.enabled
          chronicle.sync-interval,  chronicle.wal.sync-interval
          chronicle.memory,         chronicle.max-memory
          chronicle.wal.syncc,      chronicle.wal.sync
          chronicle.retention.duration,
          chronicle.colour,
          """)
  void suggestsTheNearestKey(String name, String nearest) {
    List<UnknownProperty> found = unknown(contexts().withPropertyValues(name + "=1"));
    assertThat(found).singleElement().satisfies(property -> {
      assertThat(property.name()).isEqualTo(name);
      assertThat(property.nearest()).isEqualTo(nearest);
      assertThat(property.place()).isEqualTo("the property source \"test\"");
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chronicle..pth",
        "chronicle.a b",
        "chronicle.[",
        "chronicle[0]",
        "chronicle.wal[0]",
        "chronicle.path.more",
        "chronicle.path[0]",
        "chronicle.pfäd"
      })
  void reportsNamesThatNoPropertyCanHave(String name) {
    assertThat(unknown(contexts()
            .withInitializer(context -> context
                .getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("odd", Map.of(name, "1"))))))
        .extracting(UnknownProperty::name)
        .containsExactly(name);
  }

  @Test
  void namesFileAndLine() {
    List<UnknownProperty> found = unknown(withYaml(contexts(), """
        chronicle:
          pth: x.db
          wal:
            sink: interval
        """));
    assertThat(found)
        .extracting(UnknownProperty::toString)
        .containsExactlyInAnyOrder(
            "unknown property \"chronicle.pth\" in Byte array resource [application.yaml] - 2:8; "
                + "did you mean \"chronicle.path\"?",
            "unknown property \"chronicle.wal.sink\" in Byte array resource [application.yaml] - 4:11; "
                + "did you mean \"chronicle.wal.sync\"?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chronicle.maxMemory=16MB",
        "chronicle.max_memory=16MB",
        "chronicle.MAX-MEMORY=16MB",
        "chronicle.wal.maxfiles=2",
        "chronicles.of.narnia=1",
        "my.chronicle.pth=1",
        "chronicle-ui.colour=blue"
      })
  void acceptsRelaxedNamesAndOtherPrefixes(String property) {
    assertThat(unknown(contexts().withPropertyValues(property))).isEmpty();
  }

  @Test
  void acceptsGroupsThatAreEmptyInYaml() {
    assertThat(unknown(withYaml(contexts(), "chronicle:\n  wal:\n  query:\n"))).isEmpty();
    assertThat(unknown(contexts().withPropertyValues("chronicle.wal=sync"))).hasSize(1);
  }

  @Test
  void leavesEnvironmentVariablesAlone() {
    assertThat(unknown(contexts()
            .withInitializer(context -> context
                .getEnvironment()
                .getPropertySources()
                .replace(
                    "systemEnvironment",
                    new SystemEnvironmentPropertySource(
                        "systemEnvironment",
                        Map.of(
                            "CHRONICLE_SERVICE_HOST", "10.0.0.1",
                            "chronicle.port", "tcp://10.0.0.1:8086"))))))
        .isEmpty();
  }

  @Test
  void readsSystemProperties() {
    assertThat(unknown(contexts().withSystemProperties("chronicle.pth=x")))
        .extracting(UnknownProperty::place)
        .containsExactly("the system properties of the JVM");
  }

  @Test
  void knowsTheApplicationsOwnPropertiesBelowThePrefix() {
    ApplicationContextRunner host = contexts().withUserConfiguration(Host.class);
    assertThat(unknown(host.withPropertyValues(
            "chronicle.host.names=a,b",
            "chronicle.host.names[1]=b",
            "chronicle.host.rules[0].selector=x",
            "chronicle.host.rules[0].keep-for=5m",
            "chronicle.host.labels.any.thing=1",
            "chronicle.host.labels[x/y]=1",
            "chronicle.bean.with-setter=1",
            "chronicle.bean.nested.inner=1",
            "chronicle.bean.inherited=1",
            "chronicle.made.with-setter=1")))
        .isEmpty();
    assertThat(unknown(host.withPropertyValues(
            "chronicle.host.rules[0].selektor=x",
            "chronicle.host.name=x",
            "chronicle.host.rules.selector=x",
            "chronicle.bean.nested.outer=1",
            "chronicle.bean.with-setter.more=1")))
        .extracting(UnknownProperty::nearest)
        .containsExactlyInAnyOrder(
            "chronicle.host.rules[].selector",
            "chronicle.host.names",
            "chronicle.host.rules[].selector",
            null,
            null);
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties({HostProperties.class, BeanProperties.class})
  static class Host {

    @Bean
    @ConfigurationProperties("chronicle.made")
    static Made made() {
      return new Made();
    }
  }

  @ConfigurationProperties("chronicle.host")
  record HostProperties(List<String> names, List<Rule> rules, Map<String, String> labels) {
    record Rule(String selector, Duration keepFor) {}
  }

  static class Base {
    public void setInherited(int value) {}
  }

  @ConfigurationProperties("chronicle.bean")
  static class BeanProperties extends Base {

    private final Nested nested = new Nested();

    public void setWithSetter(int value) {}

    public Nested getNested() {
      return nested;
    }

    static class Nested {
      public void setInner(int value) {}
    }
  }

  static class Made {
    public void setWithSetter(int value) {}
  }
}
