package io.chronicledb.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What editors show for {@code chronicle.*}. */
class ConfigurationMetadataTest {

  private static List<Map<String, Object>> properties() throws Exception {
    try (InputStream in = ChronicleProperties.class
        .getClassLoader()
        .getResourceAsStream("META-INF/spring-configuration-metadata.json")) {
      assertThat(in).as("written by the configuration processor").isNotNull();
      return JsonPath.read(in, "$.properties[?(@.name =~ /chronicle\\..*/)]");
    }
  }

  @Test
  void describesEveryProperty() throws Exception {
    assertThat(properties())
        .isNotEmpty()
        .allSatisfy(property -> assertThat((String) property.get("description"))
            .as("description of %s", property.get("name"))
            .isNotBlank()
            .endsWith("."));
  }

  @Test
  void givesTheDocumentedDefaults() throws Exception {
    assertThat(properties())
        .extracting(property -> property.get("name") + "=" + property.get("defaultValue"))
        .containsExactlyInAnyOrder(
            "chronicle.enabled=true",
            "chronicle.path=chronicle.db",
            "chronicle.max-memory=64MB",
            "chronicle.partition-duration=1h",
            "chronicle.buffer-size=10000",
            "chronicle.flush-interval=5m",
            "chronicle.compaction.interval=30m",
            "chronicle.exemplars.max=100000",
            "chronicle.wal.sync=interval",
            "chronicle.wal.sync-interval=1s",
            "chronicle.wal.max-size=128MB",
            "chronicle.wal.max-files=3",
            "chronicle.query.timeout=30s",
            "chronicle.query.max-points=50000000",
            // Twice the processors, which differs from machine to machine.
            "chronicle.query.max-concurrent=null",
            "chronicle.query.max-memory=null",
            "chronicle.query.slow-after=5s",
            "chronicle.query.lookback=5m",
            "chronicle.storage.backend=file");
  }
}
