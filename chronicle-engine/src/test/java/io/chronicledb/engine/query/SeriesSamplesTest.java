package io.chronicledb.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SeriesSamplesTest {

  private static final List<TagMatcher> EVERYTHING = List.of();

  @Test
  void readsSeriesInTheOrderOfTheirLabelsWithStaleMarkers() {
    try (var database = ChronicleDatabase.inMemory()) {
      database.write("b", Tags.of("host", "2"), 1, 10);
      database.write("a", Tags.of("host", "1", "Zone", "z"), 1, 20);
      database.write("b", Tags.of("host", "1"), 1, 30);
      database.flush();
      database.write("b", Tags.of("host", "1"), 5, StaleMarker.value());
      database.write("b", Tags.of("host", "1"), 9, 1);
      assertThat(read(database, List.of(EVERYTHING), new TimeRange(0, 9)))
          .containsExactly(
              "{Zone=\"z\", __name__=\"a\", host=\"1\"} 1=20.0",
              "{__name__=\"b\", host=\"1\"} 1=30.0 5=stale",
              "{__name__=\"b\", host=\"2\"} 1=10.0");
    }
  }

  @Test
  void readsASeriesOnceThatSeveralSelectorsMatchAndNoneWithoutSelectors() {
    try (var database = ChronicleDatabase.inMemory()) {
      database.write("a", Tags.empty(), 1, 1);
      List<TagMatcher> byName = List.of(TagMatcher.metric("a"));
      assertThat(read(database, List.of(byName, EVERYTHING), TimeRange.ALL)).hasSize(1);
      assertThat(read(database, List.of(), TimeRange.ALL)).isEmpty();
    }
  }

  @Test
  void endsAtALimitAndWhenItIsCancelledAndGivesBackWhatItHeld() {
    var limits = ChronicleOptions.defaults().query().withSamplesMax(5);
    try (var database = ChronicleDatabase.inMemory(ChronicleOptions.defaults().withQuery(limits))) {
      for (int i = 0; i < 10; i++) {
        database.write("a", Tags.of("n", String.valueOf(i)), 1, 1);
      }
      assertThatExceptionOfType(ChronicleException.class)
          .isThrownBy(() -> read(database, List.of(EVERYTHING), TimeRange.ALL))
          .matches(e -> e.code() == ErrorCode.QUERY_MEMORY_EXCEEDED);
      QueryEngine engine = database.queryEngine();
      var id = new AtomicLong();
      try (SeriesSamples samples = engine.samples(
          "everything",
          List.of(EVERYTHING),
          TimeRange.ALL,
          QueryOptions.defaults().withIdTo(id::set))) {
        assertThat(engine.running()).extracting(RunningQuery::text).containsExactly("everything");
        assertThat(engine.cancel(id.get())).isTrue();
        assertThatExceptionOfType(ChronicleException.class)
            .isThrownBy(samples::nextSeries)
            .matches(e -> e.code() == ErrorCode.QUERY_CANCELED);
      }
      assertThat(engine.running()).isEmpty();
      assertThat(engine.heldBytes()).isZero();
    }
  }

  @Test
  void countsWhatWindowsShow() {
    try (var database = ChronicleDatabase.inMemory()) {
      for (int second = 0; second < 60; second++) {
        database.write("a", Tags.empty(), second * 1_000_000_000L, second);
      }
      assertThat(shown(database, "a")).containsExactly(1, 1, 1);
      assertThat(shown(database, "sum(a) + a")).containsExactly(2, 2, 2);
      assertThat(shown(database, "rate(a[5s])")).containsExactly(5, 5, 5);
      assertThat(shown(database, "1 + 1")).containsExactly(0, 0, 0);
      assertThat(shown(database, "rate(a[5s] @ 30)")).containsExactly(5, 5, 5);
      assertThat(shown(database, "sum(a @ 30)")).containsExactly(1, 1, 1);
      assertThat(shown(database, "max_over_time(rate(a[5s])[10s:5s])")).containsExactly(2, 2, 2);
    }
  }

  private static long[] shown(ChronicleDatabase database, String query) {
    var statistics = new AtomicReference<PromQlStatistics>();
    database
        .queryEngine()
        .promql(
            query,
            20_000_000_000L,
            40_000_000_000L,
            10_000_000_000L,
            QueryOptions.defaults().withStatisticsTo(statistics::set));
    return statistics.get().samplesPerStep();
  }

  private static List<String> read(
      ChronicleDatabase database, List<List<TagMatcher>> selectors, TimeRange range) {
    var read = new ArrayList<String>();
    try (SeriesSamples samples =
        database.queryEngine().samples("test", selectors, range, QueryOptions.defaults())) {
      while (samples.nextSeries()) {
        var text = new StringBuilder(samples.labels().toString());
        while (samples.next()) {
          for (int i = samples.start(); i < samples.end(); i++) {
            double value = samples.values()[i];
            text.append(' ').append(samples.timestamps()[i]).append('=');
            text.append(StaleMarker.is(value) ? "stale" : String.valueOf(value));
          }
        }
        read.add(text.toString());
      }
    }
    return read;
  }
}
