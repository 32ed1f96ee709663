package io.chronicledb.app.ingest.influx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FieldLayoutsTest {

  private static final long SEED = Long.getLong("chronicle.test.seed", System.nanoTime());

  private final FieldLayouts layouts = new FieldLayouts();

  private boolean isNew(String measurement, String... fields) {
    byte[] name = measurement.getBytes(StandardCharsets.UTF_8);
    layouts.measurement(name, 0, name.length);
    for (String field : fields) {
      byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
      layouts.add(bytes, 0, bytes.length);
    }
    return layouts.isNew();
  }

  @Test
  void tellsLayoutsApart() {
    assertThat(isNew("cpu", "user", "system")).isTrue();
    assertThat(isNew("cpu", "user", "system")).isFalse();
    assertThat(isNew("cpu", "system", "user")).isTrue();
    assertThat(isNew("cpu", "usersystem")).isTrue();
    assertThat(isNew("cpuuser", "system")).isTrue();
    assertThat(isNew("cpu", "user", "syste", "m")).isTrue();
    assertThat(isNew("cpu")).isTrue();
  }

  @Test
  void agreesWithASetUpToItsLimit() {
    var random = new Random(SEED);
    var model = new HashSet<String>();
    for (int i = 0; i < 20_000; i++) {
      String measurement = "m" + random.nextInt(20);
      String field = "some_field_" + random.nextInt(500);
      assertThat(isNew(measurement, field, "x"))
          .as("-Dchronicle.test.seed=" + SEED)
          .isEqualTo(model.add(measurement + " " + field));
    }
  }

  @Test
  void forgetsRatherThanGrowWithoutEnd() {
    for (int i = 0; i < 100_000; i++) {
      assertThat(isNew("m", "f" + i)).isTrue();
    }
    assertThat(isNew("m", "f0")).isTrue();
    assertThat(isNew("m", "f99999")).isFalse();
  }
}
