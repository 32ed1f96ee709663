package io.chronicledb.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.chronicledb.app.it.PointLedger.Violation;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A judge that finds nothing proves nothing, so each kind of damage is done on purpose here. */
class PointLedgerTest {

  private static final int ATTEMPTED = 1000;
  private static final int ACKNOWLEDGED = 900;

  private final PointLedger.Series series = new PointLedger(42, 1_700_000_000_000L).series("w0s0");

  @BeforeEach
  void write() {
    for (int number = 0; number < ATTEMPTED; number++) {
      series.attempt(number);
    }
    for (int number = 0; number < ACKNOWLEDGED; number++) {
      series.acknowledge(number);
    }
  }

  @Test
  void acceptsWhatWasAcknowledgedWithOrWithoutTheAttemptsThatWereNot() {
    assertThat(judge(numbers(ACKNOWLEDGED)).isClean()).isTrue();
    assertThat(judge(numbers(ACKNOWLEDGED + 50)).isClean()).isTrue();
    assertThat(judge(numbers(ATTEMPTED)).isClean()).isTrue();
  }

  @Test
  void noticesAMissingPoint() {
    int[] numbers = IntStream.range(0, ACKNOWLEDGED).filter(n -> n != 437).toArray();
    assertThat(judge(numbers).counts()).containsOnly(entry(Violation.MISSING, 1));
    assertThat(judge(numbers)).asString().contains("series=w0s0").contains("number=437");
  }

  @Test
  void noticesAMissingLastPoint() {
    assertThat(judge(numbers(ACKNOWLEDGED - 1)).counts()).containsOnly(entry(Violation.MISSING, 1));
  }

  @Test
  void noticesAnEmptySeries() {
    assertThat(judge().counts()).containsOnly(entry(Violation.MISSING, ACKNOWLEDGED));
  }

  @Test
  void noticesADuplicatedPoint() {
    int[] numbers = IntStream.concat(IntStream.range(0, 438), IntStream.range(437, ACKNOWLEDGED))
        .toArray();
    assertThat(judge(numbers).counts())
        .containsEntry(Violation.DUPLICATE, 1)
        .doesNotContainKey(Violation.MISSING);
  }

  @Test
  void noticesAnInventedPoint() {
    long[] times = times(numbers(ACKNOWLEDGED));
    double[] values = values(numbers(ACKNOWLEDGED));
    times[ACKNOWLEDGED - 1]++;
    assertThat(series.judgeNanos(times, values).counts())
        .containsOnly(entry(Violation.INVENTED, 1), entry(Violation.MISSING, 1));
  }

  @Test
  void noticesAPointThatWouldHaveComeNext() {
    assertThat(judge(numbers(ATTEMPTED + 1)).counts()).containsOnly(entry(Violation.INVENTED, 1));
  }

  @Test
  void noticesAValueThatIsOffByOneBit() {
    double[] values = values(numbers(ACKNOWLEDGED));
    values[437] = Math.nextUp(values[437]);
    assertThat(series.judgeNanos(times(numbers(ACKNOWLEDGED)), values).counts())
        .containsOnly(entry(Violation.WRONG_VALUE, 1));
  }

  @Test
  void noticesTheValueOfAnotherSeries() {
    PointLedger.Series other = new PointLedger(42, 1_700_000_000_000L).series("w0s1");
    double[] values = values(numbers(ACKNOWLEDGED));
    values[437] = other.value(437);
    assertThat(series.judgeNanos(times(numbers(ACKNOWLEDGED)), values).counts())
        .containsOnly(entry(Violation.WRONG_VALUE, 1));
  }

  @Test
  void noticesPointsInTheWrongOrder() {
    int[] numbers = numbers(ACKNOWLEDGED);
    numbers[437] = 438;
    numbers[438] = 437;
    assertThat(judge(numbers).counts()).containsOnly(entry(Violation.OUT_OF_ORDER, 1));
  }

  @Test
  void judgesMillisecondsLikewise() {
    long[] millis = IntStream.range(0, ACKNOWLEDGED)
        .mapToLong(number -> series.timestamp(number) / 1_000_000)
        .toArray();
    assertThat(series.judgeMillis(millis, values(numbers(ACKNOWLEDGED))).isClean())
        .isTrue();
    millis[437]++;
    assertThat(series.judgeMillis(millis, values(numbers(ACKNOWLEDGED))).counts())
        .containsOnly(entry(Violation.INVENTED, 1), entry(Violation.MISSING, 1));
  }

  private PointLedger.Verdict judge(int... numbers) {
    return series.judgeNanos(times(numbers), values(numbers));
  }

  private static int[] numbers(int count) {
    return IntStream.range(0, count).toArray();
  }

  private long[] times(int[] numbers) {
    return IntStream.of(numbers).mapToLong(series::timestamp).toArray();
  }

  private double[] values(int[] numbers) {
    return IntStream.of(numbers).mapToDouble(series::value).toArray();
  }
}
