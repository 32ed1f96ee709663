package io.chronicledb.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.write.PointBatch;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wide tables of measurements that said which fields they have, and of those that did not. */
class RecordedFieldsTest {

  private final ChronicleDatabase database = ChronicleDatabase.inMemory();

  @AfterEach
  void close() {
    database.close();
  }

  private PointBatch points(String... metrics) {
    var batch = new PointBatch();
    for (String metric : metrics) {
      batch.add(metric, Tags.of("host", "a"), 1_000, metric.length());
    }
    return batch;
  }

  private List<String> columns(String sql) {
    return database.query(sql).columns().stream()
        .map(Table.Column::name)
        .collect(Collectors.toList());
  }

  @Test
  void aTableHasTheRecordedFieldsAndNotWhatOnlySoundsLikeOne() {
    database.write(points("cpu_user", "cpu_system", "cpu_freq_mhz", "cpu_info")
        .field("cpu", "user")
        .field("cpu", "system")
        .field("cpu_freq", "mhz"));
    assertThat(columns("SELECT * FROM cpu")).containsExactly("time", "host", "system", "user");
    assertThat(columns("SELECT * FROM cpu_freq")).containsExactly("time", "host", "mhz");
    Table guessed = database.query("SELECT info FROM cpu");
    assertThat(guessed.rowCount()).isZero();
    assertThat(guessed.warnings()).hasSize(1);
    // Where points came without fields, names are all there is.
    database.write(points("disk_used", "disk_free"));
    assertThat(columns("SELECT * FROM disk")).containsExactly("time", "host", "free", "used");
  }

  @Test
  void theMeasurementsOwnValueIsOneOfItsFields() {
    database.write(points("load", "load_short").field("load", "short"));
    assertThat(columns("SELECT * FROM load")).containsExactly("time", "host", "short", "value");
    database.write(points("plain", "plain_other"));
    assertThat(columns("SELECT * FROM plain")).containsExactly("time", "host", "value");
  }

  @Test
  void fieldsWithoutPointsAreNone() {
    database.write(points("net_in").field("net", "in").field("net", "out"));
    assertThat(columns("SELECT * FROM net")).containsExactly("time", "host", "in");
    database.write(new PointBatch().field("gone", "in"));
    assertThat(database.query("SELECT * FROM gone").warnings()).hasSize(1);
  }
}
