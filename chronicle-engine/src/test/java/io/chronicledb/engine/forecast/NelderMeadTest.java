package io.chronicledb.engine.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NelderMeadTest {

  @Test
  void findsTheBottomOfAValley() {
    // Rosenbrock's, moved to have its bottom at (0.6, 0.36).
    var search = new NelderMead(at -> {
      double across = at[1] - at[0] * at[0];
      return (0.6 - at[0]) * (0.6 - at[0]) + 100 * across * across;
    });
    assertThat(search.minimize(new double[] {0.1, 0.9}))
        .containsExactly(new double[] {0.6, 0.36}, within(1e-3));
  }

  @Test
  void staysWithinItsBounds() {
    var search = new NelderMead(at -> {
      assertThat(Arrays.stream(at)).allMatch(x -> x >= 0 && x <= 1);
      return 3 + at[0] - at[1] + at[2] * at[2];
    });
    assertThat(search.minimize(new double[] {0.5, 0.5, 0.5}))
        .containsExactly(new double[] {0, 1, 0}, within(1e-3));
  }

  @Test
  void aPlainIsLeftAtOnce() {
    var calls = new int[1];
    double[] found = new NelderMead(at -> calls[0]++ * 0.0).minimize(new double[] {0.3, 0.7});
    assertThat(found).hasSize(2);
    assertThat(calls[0]).isEqualTo(3);
  }
}
