package io.chronicledb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.model.SeriesStatistics;
import io.chronicledb.engine.model.SeriesStatistics.Count;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import org.junit.jupiter.api.Test;

class SeriesStatisticsTest {

  @Test
  void countsSeriesByMetricsTagsAndValues() {
    try (var database = ChronicleDatabase.inMemory()) {
      for (int host = 0; host < 40; host++) {
        database.write(
            "cpu", Tags.of("host", "h" + host, "zone", host % 4 == 0 ? "x" : "yy"), 7, 1);
      }
      database.write("mem", Tags.of("host", "h0"), 9, 1);
      SeriesStatistics statistics = database.seriesStatistics(2);
      assertThat(statistics.series()).isEqualTo(41);
      assertThat(statistics.tagPairs()).isEqualTo(2 + 40 + 2);
      assertThat(statistics.seriesByMetric())
          .containsExactly(new Count("cpu", 40), new Count("mem", 1));
      assertThat(statistics.valuesByTag()).startsWith(new Count("host", 40)).hasSize(2);
      // 10 values of two bytes, 30 of three, and one series more.
      assertThat(statistics.bytesByTag())
          .containsExactly(new Count("__name__", 123), new Count("host", 112));
      assertThat(statistics.seriesByPair())
          .containsExactly(new Count("__name__=cpu", 40), new Count("zone=yy", 30));
      assertThat(database.timeRange()).isEqualTo(new TimeRange(7, 10));
    }
  }

  @Test
  void hasNothingToSayOfAnEmptyDatabase() {
    try (var database = ChronicleDatabase.inMemory()) {
      assertThat(database.seriesStatistics(10).seriesByMetric()).isEmpty();
      assertThat(database.seriesStatistics(10).tagPairs()).isZero();
      assertThat(database.timeRange().isEmpty()).isTrue();
    }
  }
}
