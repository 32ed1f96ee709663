package io.chronicledb.app.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.MetricType;
import io.chronicledb.engine.model.SeriesKey;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.write.PointBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchWriterTest {

  private final List<Integer> written = new ArrayList<>();
  private final SeriesKey cpu = new SeriesKey().metric("cpu");

  @Test
  void writesOneBatchForAnOrdinaryRequest() {
    var writer = writer(false);
    writer.series(cpu, 10);
    writer.add(1, 1);
    writer.add(2, 2);
    assertThat(writer.finish().accepted()).isEqualTo(2);
    assertThat(written).containsExactly(2);
  }

  @Test
  void writesNothingForARequestWithoutPoints() {
    assertThat(writer(false).finish().isComplete()).isTrue();
    assertThat(written).isEmpty();
  }

  @Test
  void splitsAtTheLimitOfABatch() {
    var writer = writer(false);
    writer.series(cpu, 10);
    for (int i = 0; i <= PointBatch.POINTS_MAX; i++) {
      writer.add(i, i);
    }
    assertThat(writer.finish().accepted()).isEqualTo(PointBatch.POINTS_MAX + 1);
    assertThat(written).containsExactly(PointBatch.POINTS_MAX, 1);
  }

  @Test
  void splitsWhereSeriesKeysTakeTheRoom() {
    var writer = writer(false);
    for (int i = 0; i < 3; i++) {
      writer.series(cpu, (int) (BatchWriter.KEY_BYTES_PER_BATCH / 2));
      writer.add(i, i);
    }
    writer.finish();
    assertThat(written).containsExactly(2, 1);
  }

  @Test
  void splitsAtTheLimitsOfExemplarsAndMetadata() {
    var exemplars = new ArrayList<Integer>();
    var writer = new BatchWriter(batch -> exemplars.add(batch.exemplarCount()), "series", false);
    writer.series(cpu, 10);
    for (int i = 0; i <= PointBatch.EXEMPLARS_MAX; i++) {
      writer.exemplar(Tags.empty(), i, i);
    }
    var metadata = new MetricMetadata(MetricType.GAUGE, "x".repeat(60_000), "");
    for (int i = 0; i < 200; i++) {
      writer.metadata("m" + i, metadata);
    }
    writer.exemplar(Tags.of("a", "x".repeat(128)), 1, 1);
    assertThat(writer.dropped(PointSink.Dropped.EXEMPLAR)).isEqualTo(1);
    assertThat(writer.dropped(PointSink.Dropped.METADATA)).isZero();
    writer.finish();
    assertThat(exemplars).hasSize(4).startsWith(PointBatch.EXEMPLARS_MAX, 1);
  }

  @Test
  void holdsEverythingBackWhenAllOrNothing() {
    var writer = writer(true);
    for (int i = 0; i < 3; i++) {
      writer.series(cpu, (int) BatchWriter.KEY_BYTES_PER_BATCH);
      writer.add(i, i);
    }
    assertThat(written).isEmpty();
    writer.finish();
    assertThat(written).containsExactly(1, 1, 1);
  }

  @Test
  void saysHowMuchWasStoredBeforeAnError() {
    var writer = new BatchWriter(
        batch -> {
          if (!written.isEmpty()) {
            throw new ChronicleException(ErrorCode.STORAGE_FULL, "disk full");
          }
          written.add(batch.size());
        },
        "line",
        false);
    writer.series(cpu, 10);
    for (int i = 0; i <= PointBatch.POINTS_MAX; i++) {
      writer.add(i, i);
    }
    assertThatThrownBy(writer::finish)
        .hasMessage("disk full (1048576 points of this request were stored before)")
        .extracting(e -> ((ChronicleException) e).code())
        .isEqualTo(ErrorCode.STORAGE_FULL);
  }

  @Test
  void countsRefusalsBeyondThoseItLists() {
    var writer = writer(false);
    for (int i = 1; i <= 1000; i++) {
      writer.refuse(i, "no\ngood");
    }
    IngestReport report = writer.finish();
    assertThat(report.refused()).isEqualTo(1000);
    assertThat(report.refusals()).hasSize(IngestReport.REFUSALS_MAX);
    assertThat(report.summary())
        .startsWith("partial write: 0 points stored, 1000 lines refused; line 1: no good;");
  }

  private BatchWriter writer(boolean wholeOrNothing) {
    return new BatchWriter(batch -> written.add(batch.size()), "line", wholeOrNothing);
  }
}
