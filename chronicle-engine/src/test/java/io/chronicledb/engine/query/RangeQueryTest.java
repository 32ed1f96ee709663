package io.chronicledb.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.PromQlResult.Matrix;
import io.chronicledb.engine.write.PointBatch;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Range queries over more series than one piece of work has. */
class RangeQueryTest {

  private static final int SERIES = 150;
  private static final int SAMPLES = 400;
  private static final long INTERVAL = 10_000_000_000L;
  private static final long END = SAMPLES * INTERVAL;

  private final Random random = new Random(TestDatabase.seed());
  private final ChronicleDatabase database = ChronicleDatabase.inMemory(ChronicleOptions.defaults()
      .withQuery(QueryLimits.defaults().withSamplesMax(SERIES * SAMPLES)));

  @AfterEach
  void close() {
    database.close();
  }

  private void load() {
    for (int host = 0; host < SERIES; host++) {
      var batch = new PointBatch();
      double value = 0;
      for (int i = 0; i < SAMPLES; i++) {
        value = random.nextInt(100) == 0 ? 0 : value + random.nextDouble();
        batch.add("m_total", Tags.of("host", "h" + host), i * INTERVAL, value);
      }
      database.write(batch);
      if (host == SERIES / 2) {
        database.compact();
      }
    }
  }

  private Matrix run(String query) {
    return (Matrix)
        database.queryEngine().promql(query, 0, END, 3 * INTERVAL, QueryOptions.defaults());
  }

  @Test
  void allSeriesTogetherAreWhatTheyAreOneByOne() {
    load();
    for (String function : new String[] {"rate", "quantile_over_time", "max_over_time"}) {
      String argument = function.startsWith("quantile") ? "0.9, " : "";
      Matrix all = run(function + "(" + argument + "m_total[5m])");
      assertThat(all.series()).hasSize(SERIES);
      for (Matrix.SamplesOfSeries series : all.series()) {
        String host = series.labels().get("host");
        Matrix one = run(function + "(" + argument + "m_total{host=\"" + host + "\"}[5m])");
        assertThat(bits(series.values()))
            .as("%s of %s", function, host)
            .isEqualTo(bits(one.series().get(0).values()));
      }
    }
  }

  @Test
  void sumsAreTheSameInEveryRun() {
    load();
    long[] first = bits(run("sum(rate(m_total[5m]))").series().get(0).values());
    for (int i = 0; i < 20; i++) {
      assertThat(bits(run("sum(rate(m_total[5m]))").series().get(0).values())).isEqualTo(first);
    }
  }

  @Test
  void whatIsAskedForTwiceIsReadOnce() {
    load();
    assertThat(
            run("rate(m_total[5m]) / (rate(m_total[5m]) + rate(m_total[5m]))").series())
        .hasSize(SERIES);
    assertThat(run("sum(rate(m_total[5m])) / sum(rate(m_total[5m]))").series()).hasSize(1);
    assertThatThrownBy(() -> run("rate(m_total[5m]) / rate(m_total[4m])"))
        .isInstanceOf(ChronicleException.class)
        .hasMessageContaining("reads more than");
  }

  private static long[] bits(double[] values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
