package io.chronicledb.engine.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chronicledb.engine.TestDatabase;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class HoltWintersTest {

  private static final double[] PATTERN = {5, -1, 0.25, -4.5, 3, -2.75};

  private static double[] values(int count, IntToDoubleFunction value) {
    return values(0, count, value);
  }

  private static double[] values(int from, int to, IntToDoubleFunction value) {
    var values = new double[to - from];
    Arrays.setAll(values, i -> value.applyAsDouble(from + i));
    return values;
  }

  private static void continues(IntToDoubleFunction series, int count, int season, double error) {
    var fitted = HoltWinters.fit(values(count, series), season);
    assertThat(fitted.forecast(20))
        .as("season of " + season + " after " + count)
        .containsExactly(values(count, count + 20, series), within(error));
    assertThat(fitted.errorDeviation()).isCloseTo(0, within(error));
  }

  @Test
  void continuesALine() {
    for (int count : new int[] {2, 3, 10, 11, 1000}) {
      continues(i -> 2.5 * i - 7, count, 0, 1e-9);
      continues(i -> 2.5 * i - 7, count, 6, 1e-9);
      continues(i -> 1e12 - 3 * i, count, 1, 1e-2);
    }
  }

  @Test
  void continuesAPattern() {
    for (int count : new int[] {12, 13, 17, 18, 600}) {
      continues(i -> PATTERN[i % 6], count, 6, 1e-9);
      continues(i -> PATTERN[i % 6] + 0.5 * i + 100, count, 6, 1e-9);
    }
    continues(i -> i % 2, 4, 2, 1e-12);
  }

  @Test
  void continuesAConstantExactly() {
    for (double value : new double[] {0, 0.1, -1e300, Double.MIN_VALUE, Double.MAX_VALUE}) {
      for (int season : new int[] {1, 6}) {
        continues(i -> value, 50, season, 0);
      }
    }
  }

  @Test
  void twoWholeSeasonsMakeASeason() {
    assertThat(HoltWinters.fit(values(12, i -> PATTERN[i % 6]), 6).season()).isEqualTo(6);
    var short11 = values(11, i -> PATTERN[i % 6]);
    for (int season : new int[] {6, Integer.MAX_VALUE, 1, 0, -1, Integer.MIN_VALUE}) {
      var fitted = HoltWinters.fit(short11, season);
      assertThat(fitted.season()).isEqualTo(1);
      assertThat(fitted.gamma()).isZero();
      assertThat(fitted.forecast(5)).containsExactly(HoltWinters.fit(short11, 0).forecast(5));
    }
  }

  @Test
  void fewerThanTwoValuesAreRefused() {
    assertThatThrownBy(() -> HoltWinters.fit(new double[] {1}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a forecast from 1 values, not 2 or more");
    assertThatThrownBy(() -> HoltWinters.fit(new double[0], 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void valuesThatAreNotFiniteAreRefused() {
    for (double bad :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> HoltWinters.fit(new double[] {1, 2, bad}, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a forecast from " + bad + " at index 2");
    }
  }

  @Test
  void aForecastOfNothingIsEmpty() {
    var fitted = HoltWinters.fit(new double[] {1, 2}, 0);
    assertThat(fitted.forecast(0)).isEmpty();
    assertThatThrownBy(() -> fitted.forecast(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSameValuesGiveTheSameForecast() {
    double[] values = noisy(new Random(1), 300);
    double[] copy = values.clone();
    var fitted = HoltWinters.fit(values, 6);
    assertThat(values).containsExactly(copy);
    assertThat(HoltWinters.fit(copy, 6).forecast(50)).containsExactly(fitted.forecast(50));
    assertThat(fitted.forecast(10)).containsExactly(Arrays.copyOf(fitted.forecast(50), 10));
  }

  @Test
  void aPowerOfTwoOnlyChangesTheUnit() {
    double[] values = noisy(new Random(1), 300);
    double[] large = Arrays.stream(values).map(value -> Math.scalb(value, 900)).toArray();
    var fitted = HoltWinters.fit(values, 6);
    var fittedLarge = HoltWinters.fit(large, 6);
    assertThat(fittedLarge.errorDeviation()).isEqualTo(Math.scalb(fitted.errorDeviation(), 900));
    assertThat(fittedLarge.forecast(9))
        .containsExactly(Arrays.stream(fitted.forecast(9))
            .map(value -> Math.scalb(value, 900))
            .toArray());
  }

  /** A slow line and a pattern under noise of deviation 1. */
  private static double[] noisy(Random random, int count) {
    return values(count, i -> 40 + 0.2 * i + 4 * PATTERN[i % 6] + random.nextGaussian());
  }

  @Test
  void seesThroughNoise() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      var fitted = HoltWinters.fit(noisy(random, 600), 6);
      String of = "-Dseed=" + seed + ", round " + round;
      assertThat(fitted.errorDeviation()).as(of).isBetween(0.8, 1.25);
      assertThat(fitted.forecast(12))
          .as(of)
          .containsExactly(values(600, 612, i -> 40 + 0.2 * i + 4 * PATTERN[i % 6]), within(3.0));
    }
  }

  @Test
  void aWanderingLevelIsFollowed() {
    var random = new Random(7);
    var walk = new double[500];
    for (int i = 1; i < walk.length; i++) {
      walk[i] = walk[i - 1] + random.nextGaussian();
    }
    var fitted = HoltWinters.fit(walk, 0);
    assertThat(fitted.alpha()).isGreaterThan(0.8);
    assertThat(fitted.beta()).isLessThan(0.2);
    assertThat(fitted.forecast(1)[0]).isCloseTo(walk[499], within(2.0));
  }

  @Test
  void noOtherParametersHaveMuchSmallerErrors() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      double[] values = noisy(random, 120);
      for (int i = 1; i < values.length; i++) {
        values[i] += 0.2 * round * values[i - 1] % 50;
      }
      var fitted = HoltWinters.fit(values, 6);
      double found = errorDeviation(values, fitted.alpha(), fitted.beta(), fitted.gamma());
      String of = "-Dseed=" + seed + ", round " + round;
      assertThat(fitted.errorDeviation()).as(of).isCloseTo(found, within(1e-9 * found));
      for (int i = 0; i < 2000; i++) {
        double alpha = random.nextDouble();
        double gamma = random.nextDouble() * (1 - alpha);
        assertThat(errorDeviation(values, alpha, random.nextDouble(), gamma))
            .as(of)
            .isGreaterThan(0.95 * found);
      }
    }
  }

  /** The equations as the books have them, of a season of 6. */
  private static double errorDeviation(double[] y, double alpha, double beta, double gamma) {
    double mean = Arrays.stream(y, 0, 6).average().orElseThrow();
    double b = (Arrays.stream(y, 6, 12).average().orElseThrow() - mean) / 6;
    double l = mean - 3.5 * b;
    var s = new double[y.length + 6];
    for (int i = 0; i < 6; i++) {
      s[i] = (y[i] - (l + (i + 1) * b) + y[i + 6] - (l + (i + 7) * b)) / 2;
    }
    double squares = 0;
    for (int t = 0; t < y.length; t++) {
      double error = y[t] - (l + b + s[t]);
      squares += error * error;
      double level = alpha * (y[t] - s[t]) + (1 - alpha) * (l + b);
      s[t + 6] = gamma * (y[t] - l - b) + (1 - gamma) * s[t];
      b = beta * (level - l) + (1 - beta) * b;
      l = level;
    }
    return Math.sqrt(squares / y.length);
  }
}
