package io.chronicledb.engine.histogram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.histogram.Estimate.NanEffect;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeHistogramTest {

  private static NativeHistogram histogram(String notation) {
    return HistogramNotation.parse("{{" + notation + "}}");
  }

  private static String print(NativeHistogram histogram) {
    String notation = HistogramNotation.print(histogram);
    return notation.substring(2, notation.length() - 2);
  }

  @Test
  void theNotationComesBack() {
    String all = "schema:2 count:12.5 sum:-3.25 z_bucket:2 z_bucket_w:0.001"
        + " counter_reset_hint:not_reset offset:-3 buckets:[1 0 4] n_offset:2 n_buckets:[3 1]";
    assertThat(print(histogram(all))).isEqualTo(all);
    String custom = "schema:-53 count:6 sum:20 custom_values:[2.5 5 10] buckets:[1 2 0 3]";
    assertThat(print(histogram(custom))).isEqualTo(custom);
    assertThat(print(NativeHistogram.EMPTY)).isEmpty();
    assertThat(histogram("")).isEqualTo(NativeHistogram.EMPTY);
    assertThatThrownBy(() -> histogram("bukets:[1]")).hasMessageContaining("bukets");
  }

  @Test
  void textIsThatOfPrometheus() {
    assertThat(
            histogram("sum:5 count:4 z_bucket:1 z_bucket_w:0.25 buckets:[1 2] n_buckets:[1 0 3]"))
        .hasToString(
            "{count:4, sum:5, [-4,-2):3, [-1,-0.5):1, [-0.25,0.25]:1, (0.5,1]:1, (1,2]:2}");
    assertThat(histogram("schema:-53 sum:1e7 count:3 custom_values:[2 4] buckets:[1 0 2]"))
        .hasToString("{count:3, sum:1e+07, [-Inf,2]:1, (4,+Inf]:2}");
    assertThat(NativeHistogram.EMPTY).hasToString("{count:0, sum:0}");
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.1",
    "123456, 123456",
    "1234567, 1.234567e+06",
    "-0.0001, -0.0001",
    "0.00001, 1e-05",
    "2.938735877055719e-39, 2.938735877055719e-39",
    "4.9e-324, 5e-324",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "0.30000000000000004, 0.30000000000000004",
    "2e-44, 2e-44",
    "NaN, NaN",
    "-Infinity, -Inf",
    "-0.0, -0"
  })
  void numbersAreWrittenAsGoDoes(double value, String expected) {
    var text = new StringBuilder();
    HistogramText.appendNumber(text, value);
    assertThat(text).hasToString(expected);
  }

  @Test
  void boundsAreAtMostFourUnitsBelowTheNearestDouble() {
    var context = new MathContext(50);
    BigDecimal root = BigDecimal.valueOf(2);
    for (int i = 0; i < 8; i++) {
      root = root.sqrt(context);
    }
    for (int i = 0; i <= 256; i++) {
      double exact = root.pow(i, context).doubleValue();
      double bound = ExponentialBounds.upper(8, i);
      assertThat((exact - bound) / Math.ulp(exact)).as("bound %d", i).isBetween(-1.0, 4.0);
      for (int schema = 0; schema < 8; schema++) {
        if (i % (1 << (8 - schema)) == 0) {
          assertThat(ExponentialBounds.upper(schema, i >> (8 - schema))).isEqualTo(bound);
        }
      }
    }
  }

  @Test
  void bucketsEndWhereTheSchemaSays() {
    assertThat(ExponentialBounds.upper(0, 0)).isEqualTo(1);
    assertThat(ExponentialBounds.upper(0, 3)).isEqualTo(8);
    assertThat(ExponentialBounds.upper(0, -2)).isEqualTo(0.25);
    assertThat(ExponentialBounds.upper(-1, 1)).isEqualTo(4);
    assertThat(ExponentialBounds.upper(-4, -1)).isEqualTo(Math.scalb(1.0, -16));
    assertThat(ExponentialBounds.upper(1, 1)).isEqualTo(1.414213562373095);
    // The last bucket of finite values, and the one of infinities.
    assertThat(ExponentialBounds.upper(0, 1024)).isEqualTo(Double.MAX_VALUE);
    assertThat(ExponentialBounds.upper(0, 1025)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(ExponentialBounds.upper(-4, 64)).isEqualTo(Double.MAX_VALUE);
    assertThat(ExponentialBounds.upper(-4, 65)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(ExponentialBounds.upper(3, Integer.MAX_VALUE)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(ExponentialBounds.upper(-4, Integer.MIN_VALUE + 1)).isZero();
  }

  @Test
  void logarithmsOfPowersOfTwoAreExact() {
    for (int power = Double.MIN_EXPONENT - 52; power <= Double.MAX_EXPONENT; power++) {
      assertThat(BinaryLogarithm.log2(Math.scalb(1.0, power))).isEqualTo(power);
      assertThat(BinaryLogarithm.exp2(power)).isEqualTo(Math.scalb(1.0, power));
    }
    var random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      double value = Math.exp(random.nextGaussian() * 20);
      double logarithm = BinaryLogarithm.log2(value);
      assertThat(logarithm)
          .isCloseTo(Math.log(value) / Math.log(2), within(1e-13 * (1 + Math.abs(logarithm))));
      assertThat(BinaryLogarithm.exp2(logarithm) / value).isCloseTo(1, within(1e-12));
    }
    assertThat(BinaryLogarithm.log2(0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(BinaryLogarithm.log2(Double.POSITIVE_INFINITY)).isPositive().isInfinite();
    assertThat(BinaryLogarithm.exp2(Double.NaN)).isNaN();
    assertThat(BinaryLogarithm.exp2(2_000)).isInfinite();
    assertThat(BinaryLogarithm.exp2(-2_000)).isZero();
  }

  @Test
  void wrongLayoutsAreRefused() {
    assertThatThrownBy(() -> histogram("schema:9")).hasMessageContaining("schema 9");
    assertThatThrownBy(() -> histogram("schema:-5")).hasMessageContaining("schema -5");
    assertThatThrownBy(() -> histogram("z_bucket_w:-1")).hasMessageContaining("wide");
    assertThatThrownBy(() -> histogram("z_bucket_w:NaN")).hasMessageContaining("wide");
    assertThatThrownBy(() -> histogram("schema:-53 custom_values:[1 1]"))
        .hasMessageContaining("bound 1");
    assertThatThrownBy(() -> histogram("schema:-53 custom_values:[1 +Inf]"))
        .hasMessageContaining("bound 1");
    assertThatThrownBy(() -> histogram("schema:-53 custom_values:[1] buckets:[1 2 3]"))
        .hasMessageContaining("0 to 2");
    assertThatThrownBy(() -> histogram("schema:-53 custom_values:[1] z_bucket:1"))
        .hasMessageContaining("zero bucket");
    assertThatThrownBy(() -> BucketLayout.exponential(0, 0, new int[0], new int[] {2, 2}))
        .hasMessageContaining("ascend");
    assertThatThrownBy(() -> BucketLayout.exponential(0, 0, new int[6_000], new int[6_000]))
        .hasMessageContaining("12000 buckets");
    assertThatThrownBy(() -> BucketLayout.indexes(new int[] {0, -1}, new int[] {1, 1}))
        .hasMessageContaining("span 1");
    assertThatThrownBy(() -> BucketLayout.indexes(new int[] {0}, new int[] {Integer.MAX_VALUE}))
        .hasMessageContaining("10000");
    assertThatThrownBy(() -> BucketLayout.indexes(new int[] {Integer.MAX_VALUE}, new int[] {1}))
        .hasMessageContaining("span 0");
  }

  @Test
  void spansAreIndexes() {
    assertThat(BucketLayout.indexes(new int[] {-2, 0, 3}, new int[] {2, 0, 1}))
        .containsExactly(-2, -1, 3);
  }

  @Test
  void bucketsComeInTheirOrder() {
    var histogram = histogram("z_bucket:3 z_bucket_w:0.7 count:10 buckets:[1 0 2] n_buckets:[4 5]");
    var seen = new ArrayList<String>();
    for (BucketCursor bucket = histogram.ascending(); bucket.next(); ) {
      seen.add((bucket.isLowerInclusive() ? "[" : "(") + bucket.lower() + "," + bucket.upper()
          + (bucket.isUpperInclusive() ? "]" : ")") + ":" + bucket.count());
    }
    assertThat(seen)
        .containsExactly(
            "[-2.0,-1.0):5.0",
            "[-1.0,-0.7):4.0",
            "[-0.7,0.7]:3.0",
            "(0.7,1.0]:1.0",
            "(1.0,2.0]:0.0",
            "(2.0,4.0]:2.0");
    var downward = new ArrayList<Double>();
    for (BucketCursor bucket = histogram.descending(); bucket.next(); ) {
      downward.add(bucket.count());
    }
    assertThat(downward).containsExactly(2.0, 0.0, 1.0, 3.0, 4.0, 5.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Same layout, other buckets, gaps.
        "count:4 sum:5 buckets:[1 2 1] | count:2 sum:1 buckets:[1 0 1] | count:6 sum:6 buckets:[2 2 2]",
        "count:1 sum:1 buckets:[1] | count:1 sum:9 offset:3 buckets:[1] | count:2 sum:10 buckets:[1 0 0 1]",
        "count:1 sum:1 offset:3 buckets:[1] | count:1 sum:9 buckets:[1] | count:2 sum:10 buckets:[1 0 0 1]",
        "n_buckets:[1 2] | n_offset:1 n_buckets:[3 4] | n_buckets:[1 5 4]",
        // The coarser schema wins, on both sides.
        "schema:1 buckets:[1 2 3 4] | schema:0 buckets:[10 20] | buckets:[11 25 4]",
        "schema:0 buckets:[10 20] | schema:1 buckets:[1 2 3 4] | buckets:[11 25 4]",
        // The wider zero bucket wins, and takes in what lies within it.
        "z_bucket:1 z_bucket_w:0.25 offset:-1 buckets:[6 7] | z_bucket:1 z_bucket_w:0.5"
            + " | z_bucket:8 z_bucket_w:0.5 buckets:[7]",
        "z_bucket:1 z_bucket_w:0.5 | z_bucket:1 z_bucket_w:0.25 offset:-1 buckets:[6 7]"
            + " | z_bucket:8 z_bucket_w:0.5 buckets:[7]",
        // One that would end within a populated bucket becomes wider still; negative buckets count
        // too.
        "z_bucket:1 z_bucket_w:0.3 | z_bucket:1 z_bucket_w:0.1 offset:-1 buckets:[6 7]"
            + " | z_bucket:8 z_bucket_w:0.5 buckets:[7]",
        "z_bucket:1 z_bucket_w:0.3 | z_bucket:1 z_bucket_w:0.1 n_buckets:[5 3] offset:-1 buckets:[6 7]"
            + " | z_bucket:8 z_bucket_w:0.5 buckets:[7] n_buckets:[5 3]",
        "z_bucket:1 z_bucket_w:0.6 | z_bucket:1 z_bucket_w:0.1 n_buckets:[5 3] offset:-1 buckets:[6 7]"
            + " | z_bucket:20 z_bucket_w:1 n_offset:1 n_buckets:[3]",
        // Custom bounds.
        "schema:-53 custom_values:[1 2] buckets:[1 2 3] | schema:-53 custom_values:[1 2] buckets:[0 4 5]"
            + " | schema:-53 custom_values:[1 2] buckets:[1 6 8]",
        "schema:-53 custom_values:[1 2 4] buckets:[1 2 3 4] | schema:-53 custom_values:[2 3] buckets:[5 6 7]"
            + " | schema:-53 custom_values:[2] buckets:[8 20]",
        "schema:-53 custom_values:[1] buckets:[1 2] | schema:-53 custom_values:[2] buckets:[5 6]"
            + " | schema:-53 custom_values:[] buckets:[14]",
        // Hints.
        "counter_reset_hint:gauge | counter_reset_hint:reset | counter_reset_hint:gauge",
        "counter_reset_hint:not_reset | counter_reset_hint:gauge | counter_reset_hint:gauge",
        "counter_reset_hint:not_reset | count:0 | count:0",
        "counter_reset_hint:reset | counter_reset_hint:reset | counter_reset_hint:reset"
      })
  void sumsOfTwo(String a, String b, String expected) {
    NativeHistogram sum = histogram(a).plus(histogram(b)).histogram();
    assertThat(print(sum.compact(0))).isEqualTo(print(histogram(expected)));
    // What was added comes off again, as far as the layout allows.
    NativeHistogram back = sum.minus(histogram(b)).histogram();
    assertThat(back.count()).isEqualTo(histogram(a).count());
    assertThat(back.sum()).isEqualTo(histogram(a).sum());
  }

  @Test
  void sumsTellWhatIsWorthAWarning() {
    var reset = histogram("counter_reset_hint:reset");
    var notReset = histogram("counter_reset_hint:not_reset");
    var combined = reset.plus(notReset);
    assertThat(combined.hintsContradict()).isTrue();
    assertThat(combined.histogram().hint()).isEqualTo(CounterResetHint.UNKNOWN);
    assertThat(reset.plus(histogram("")).hintsContradict()).isFalse();
    var few = histogram("schema:-53 custom_values:[1]");
    var many = histogram("schema:-53 custom_values:[1 2]");
    assertThat(few.minus(many).boundsReconciled()).isTrue();
    assertThat(many.minus(many).boundsReconciled()).isFalse();
    assertThat(many.isCompatibleWith(reset)).isFalse();
    assertThatThrownBy(() -> many.plus(reset)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void differencesMayBeNegative() {
    var difference = histogram(
            "count:3 sum:1 z_bucket:1 z_bucket_w:1 n_buckets:[1] buckets:[1 0 1]")
        .minus(histogram("count:9 sum:2.5 z_bucket:2 z_bucket_w:1 offset:1 buckets:[5 2]"))
        .histogram();
    assertThat(print(difference))
        .isEqualTo("count:-6 sum:-1.5 z_bucket:-1 z_bucket_w:1 buckets:[1 -5 -1] n_buckets:[1]");
  }

  @Test
  void factorsAndDivisorsScaleEverything() {
    var histogram =
        histogram("count:6 sum:9 z_bucket:2 z_bucket_w:0.5 buckets:[1 2] n_buckets:[1]");
    assertThat(print(histogram.times(0.5)))
        .isEqualTo("count:3 sum:4.5 z_bucket:1 z_bucket_w:0.5 buckets:[0.5 1] n_buckets:[0.5]");
    assertThat(print(histogram.dividedBy(-2)))
        .isEqualTo("count:-3 sum:-4.5 z_bucket:-1 z_bucket_w:0.5 counter_reset_hint:gauge"
            + " buckets:[-0.5 -1] n_buckets:[-0.5]");
    assertThat(print(histogram.negated()))
        .isEqualTo("count:-6 sum:-9 z_bucket:-2 z_bucket_w:0.5 counter_reset_hint:gauge"
            + " buckets:[-1 -2] n_buckets:[-1]");
    assertThat(print(histogram.dividedBy(0)))
        .isEqualTo("count:+Inf sum:+Inf z_bucket:+Inf z_bucket_w:0.5");
    var custom = histogram("schema:-53 count:1 custom_values:[1] buckets:[1]");
    assertThat(print(custom.times(Double.POSITIVE_INFINITY)))
        .isEqualTo("schema:-53 count:+Inf sum:NaN custom_values:[1] buckets:[+Inf]");
    assertThat(custom.dividedBy(0).layout().boundCount()).isEqualTo(1);
  }

  @Test
  void aCoarserSchemaMergesNeighbours() {
    var fine = histogram("schema:2 count:10 buckets:[1 2 3 4] n_offset:-4 n_buckets:[5 6 7 8 9]");
    assertThat(print(fine.atSchema(1)))
        .isEqualTo("schema:1 count:10 buckets:[1 5 4] n_offset:-2 n_buckets:[5 13 17]");
    assertThat(print(fine.atSchema(-4)))
        .isEqualTo("schema:-4 count:10 buckets:[1 9] n_buckets:[35]");
    assertThat(fine.atSchema(2)).isSameAs(fine);
    assertThatThrownBy(() -> fine.atSchema(3)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void compactionKeepsSmallGaps() {
    var sparse = histogram("offset:-1 buckets:[0 1 0 2 0 0 0 3 0]");
    assertThat(sparse.compact(0).layout().bucketCount()).isEqualTo(3);
    assertThat(sparse.compact(1).layout().bucketCount()).isEqualTo(4);
    assertThat(sparse.compact(3).layout().bucketCount()).isEqualTo(7);
    assertThat(print(sparse.compact(2))).isEqualTo("buckets:[1 0 2 0 0 0 3]");
    var dense = histogram("buckets:[1 2]");
    assertThat(dense.compact(0)).isSameAs(dense);
    var gap = NativeHistogram.of(
        BucketLayout.exponential(0, 0, new int[0], new int[] {0, 2_000_000_000}),
        CounterResetHint.UNKNOWN,
        2,
        2,
        0,
        new double[] {1, 1},
        0);
    assertThat(gap.compact(Integer.MAX_VALUE).layout().bucketCount()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "count:4 buckets:[1 2 1] | count:4 buckets:[1 2 1] | false",
        "count:3 buckets:[1 2] | count:4 buckets:[1 2] | true",
        "count:9 buckets:[1 1] | count:4 buckets:[1 2] | true",
        "count:9 buckets:[5] | count:4 buckets:[1 2] | true",
        "count:9 buckets:[5] | count:4 buckets:[1 0] | false",
        "count:9 offset:1 buckets:[5] | count:4 buckets:[1 2] | true",
        "count:9 offset:1 buckets:[5] | count:4 buckets:[0 2] | false",
        "count:9 n_buckets:[1] | count:4 n_buckets:[2] | true",
        "count:9 z_bucket:1 | count:4 z_bucket:2 | true",
        "count:9 counter_reset_hint:not_reset | count:10 | false",
        "count:9 counter_reset_hint:reset | count:3 | true",
        "count:9 counter_reset_hint:gauge | count:10 | true",
        // A finer schema or a narrower zero bucket need a new beginning, a coarser or wider one do
        // not.
        "schema:1 count:9 | schema:0 count:4 | true",
        "schema:0 count:9 buckets:[3 5] | schema:1 count:4 buckets:[3 2 3] | false",
        "schema:0 count:9 buckets:[3 4] | schema:1 count:4 buckets:[3 2 3] | true",
        "z_bucket_w:0.1 count:9 | z_bucket_w:0.2 count:9 | true",
        "z_bucket_w:0.5 z_bucket:3 count:9 | z_bucket_w:0.2 offset:-1 buckets:[3] count:9 | false",
        "z_bucket_w:0.5 z_bucket:2 count:9 | z_bucket_w:0.2 offset:-1 buckets:[3] count:9 | true",
        "z_bucket_w:0.4 z_bucket:3 count:9 | z_bucket_w:0.2 offset:-1 buckets:[3] count:9 | true",
        // Custom buckets.
        "schema:-53 count:9 custom_values:[1] buckets:[1 2] | schema:-53 count:9 custom_values:[1] buckets:[1 2] | false",
        "schema:-53 count:9 custom_values:[1] buckets:[1 2] | schema:-53 count:9 custom_values:[1] buckets:[2 1] | true",
        "schema:-53 count:9 custom_values:[1 2] buckets:[1 1 2] | schema:-53 count:9 custom_values:[2] buckets:[2 2] | false",
        "schema:-53 count:9 custom_values:[1 2] buckets:[1 1 2] | schema:-53 count:9 custom_values:[2] buckets:[3 1] | true",
        "schema:-53 count:9 custom_values:[1] | count:9 | true",
        "count:9 | schema:-53 count:9 custom_values:[1] | true"
      })
  void resetsAreFound(String current, String previous, boolean expected) {
    assertThat(histogram(current).isResetFrom(histogram(previous))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "count:4 sum:5 buckets:[1 2 1] | 0.5 | 1.414213562373095",
        "count:4 sum:-5 n_buckets:[1 2 1] | 0.5 | -1.414213562373095",
        "count:5 sum:6 schema:-1 offset:1 buckets:[5] | 0.5 | 2",
        // Linear in the zero bucket, which is on the side of the others.
        "count:12 sum:100 z_bucket:2 z_bucket_w:0.001 buckets:[2 3 0 1 4] | 0.1 | 0.0006",
        "count:12 sum:100 z_bucket:2 z_bucket_w:0.001 buckets:[2 3 0 1 4] | 0.99 | 15.67072476139083",
        "count:12 sum:100 z_bucket:2 z_bucket_w:0.001 buckets:[2 3 0 1 4] | 1 | 16",
        "count:12 sum:100 z_bucket:2 z_bucket_w:0.001 n_buckets:[2 3 0 1 4] | 0.9 | -0.0006",
        "count:24 sum:100 z_bucket:4 z_bucket_w:0.001 buckets:[2 3 0 1 4] n_buckets:[2 3 0 1 4] | 0.55 | 0.0006",
        "count:24 sum:100 z_bucket:4 z_bucket_w:0.001 buckets:[2 3 0 1 4] n_buckets:[2 3 0 1 4] | 0.01 | -15.34822590920423",
        // Between populated buckets.
        "count:8 sum:0 buckets:[1 2 1] n_buckets:[1 2 1] | 0.5 | 0.5",
        // Custom buckets: linear, from zero on, and not beyond the last bound.
        "schema:-53 count:10 sum:20 custom_values:[2 6] buckets:[4 4 2] | 0.2 | 1",
        "schema:-53 count:10 sum:20 custom_values:[2 6] buckets:[4 4 2] | 0.6 | 4",
        "schema:-53 count:10 sum:20 custom_values:[2 6] buckets:[4 4 2] | 0.95 | 6",
        "schema:-53 count:10 sum:20 custom_values:[-2 6] buckets:[4 4 2] | 0.1 | -2",
        // No observation, no quantile.
        "count:0 | 0.5 | NaN",
        "count:4 buckets:[4] | NaN | NaN",
        "count:4 buckets:[4] | -0.1 | -Infinity",
        "count:4 buckets:[4] | 1.1 | Infinity"
      })
  void quantiles(String notation, double q, double expected) {
    Estimate quantile = histogram(notation).quantile(q);
    if (Double.isFinite(expected)) {
      assertThat(quantile.value()).isCloseTo(expected, within(Math.abs(expected) * 1e-14));
    } else {
      assertThat(quantile.value()).isEqualTo(Double.valueOf(expected));
    }
    assertThat(quantile.nanEffect()).isEqualTo(NanEffect.NONE);
  }

  @Test
  void observationsOfNanAreTold() {
    var some = histogram("count:15 sum:NaN buckets:[12]");
    assertThat(some.quantile(0.4))
        .isEqualTo(new Estimate(0.7071067811865475, NanEffect.SKEWED_HIGHER));
    assertThat(some.quantile(0.8)).isEqualTo(new Estimate(1, NanEffect.SKEWED_HIGHER));
    assertThat(some.quantile(0.81)).isEqualTo(new Estimate(Double.NaN, NanEffect.RESULT_IS_NAN));
    assertThat(some.fraction(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY))
        .isEqualTo(new Estimate(0.8, NanEffect.EXCLUDED));
    var only = histogram("count:3 sum:NaN");
    assertThat(only.quantile(0.4)).isEqualTo(new Estimate(Double.NaN, NanEffect.RESULT_IS_NAN));
    assertThat(only.fraction(0, 1)).isEqualTo(new Estimate(0, NanEffect.EXCLUDED));
    // Infinities of both signs make the sum NaN too.
    var infinite = histogram("count:4 sum:NaN offset:1 buckets:[4]");
    assertThat(infinite.quantile(0.5).nanEffect()).isEqualTo(NanEffect.NONE);
    assertThat(infinite.fraction(1, 2)).isEqualTo(new Estimate(1, NanEffect.NONE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "count:4 sum:5 buckets:[1 2 1] | 1 | 2 | 0.5",
        "count:4 sum:5 buckets:[1 2 1] | 0 | 8 | 1",
        "count:4 sum:5 buckets:[1 2 1] | 1 | 1.4142135623730951 | 0.25",
        "count:4 sum:5 n_buckets:[1 2 1] | -2 | -1 | 0.5",
        "count:4 sum:5 n_buckets:[1 2 1] | -1.4142135623730951 | 0 | 0.5",
        "count:12 z_bucket:2 z_bucket_w:0.001 buckets:[2 3 0 1 4] | 0 | 0.0005 | 0.08333333333333333",
        "count:12 z_bucket:2 z_bucket_w:0.001 buckets:[2 3 0 1 4] | -Infinity | 0 | 0",
        "count:12 z_bucket:2 buckets:[2 3 0 1 4] | 0 | Infinity | 1",
        "count:12 buckets:[2 3 0 1 6] | 42 | 3 | 0",
        "count:12 buckets:[2 3 0 1 6] | NaN | 3 | NaN",
        "count:0 | 0 | 1 | NaN",
        "schema:-53 count:10 custom_values:[2 6] buckets:[4 4 2] | 2 | 4 | 0.2",
        "schema:-53 count:10 custom_values:[2 6] buckets:[4 4 2] | 1 | 4 | 0.4",
        "schema:-53 count:10 custom_values:[-2 6] buckets:[4 4 2] | -Infinity | -3 | 0.4",
        "schema:-53 count:10 custom_values:[2 6] buckets:[4 4 2] | 6 | 100 | 0"
      })
  void fractions(String notation, double from, double to, double expected) {
    assertThat(histogram(notation).fraction(from, to).value()).isCloseTo(expected, within(1e-15));
  }

  @Test
  void quantilesAndFractionsAreInverse() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      NativeHistogram histogram = RandomHistograms.histogram(random, random.nextBoolean());
      double populated = 0;
      for (BucketCursor bucket = histogram.ascending(); bucket.next(); ) {
        populated += bucket.count();
      }
      if (populated == 0
          || populated != histogram.count()
          || histogram.layout().isCustom()
          || histogram.layout().zeroThreshold() == 0 && histogram.zeroCount() > 0) {
        continue;
      }
      for (double q = 0.05; q < 1; q += 0.1) {
        double value = histogram.quantile(q).value();
        double back = histogram.fraction(Double.NEGATIVE_INFINITY, value).value();
        assertThat(back).as("-Dseed=%d, q %s of %s", seed, q, histogram).isCloseTo(q, within(1e-9));
      }
    }
  }

  @Test
  void spreadIsThatOfTheMiddles() {
    var histogram = histogram("schema:2 count:4 sum:10 buckets:[1 0 0 0 1 0 0 1 1]");
    assertThat(histogram.average()).isEqualTo(2.5);
    assertThat(histogram.variance()).isCloseTo(1.163807968526718, within(1e-15));
    assertThat(histogram.standardDeviation()).isCloseTo(1.0787993180043811, within(1e-15));
    assertThat(histogram("count:10 sum:-100 n_offset:4 n_buckets:[10]").variance())
        .isCloseTo(1.725830020304794, within(1e-14));
    assertThat(histogram("count:2 sum:0 z_bucket:2 z_bucket_w:1").variance()).isZero();
    assertThat(histogram("schema:-53 count:2 sum:6 custom_values:[2 4] offset:1 buckets:[2]")
            .variance())
        .isZero();
    assertThat(histogram("count:1 sum:NaN buckets:[1]").variance()).isNaN();
    assertThat(NativeHistogram.EMPTY.average()).isNaN();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "count:34 sum:123.75 z_bucket:1 z_bucket_w:0.001 buckets:[2 4 8 16] n_buckets:[1 2] | Infinity"
            + " | count:34 sum:123.75 z_bucket:1 z_bucket_w:0.001 buckets:[2 4 8 16] n_buckets:[1 2]",
        "count:34 sum:123.75 z_bucket:1 z_bucket_w:0.001 buckets:[2 4 8 16] n_buckets:[1 2] | -Infinity"
            + " | z_bucket_w:0.001",
        "count:4 sum:9 z_bucket:4 z_bucket_w:2 | 1 | count:3 sum:-1.5 z_bucket:3 z_bucket_w:2",
        "count:8 sum:9 offset:1 buckets:[4] z_bucket:4 z_bucket_w:1 | 0.5"
            + " | count:2 sum:0.5 z_bucket:2 z_bucket_w:1",
        "schema:-53 count:10 sum:9 custom_values:[2 6] buckets:[4 4 2] | 4"
            + " | schema:-53 count:6 sum:10 custom_values:[2 6] buckets:[4 2]",
        "schema:-53 count:10 sum:9 custom_values:[2 6] buckets:[4 4 2] | 1"
            + " | schema:-53 count:2 sum:1 custom_values:[2 6] buckets:[2]",
        "schema:-53 count:10 sum:9 custom_values:[-2 6] buckets:[4 4 2] | -4"
            + " | schema:-53 count:4 sum:-16 custom_values:[-2 6] buckets:[4]"
      })
  void whatIsAboveABoundGoes(String notation, double bound, String expected) {
    assertThat(print(histogram(notation).trimmedAbove(bound)))
        .isEqualTo(print(histogram(expected)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "count:34 sum:123.75 z_bucket:1 z_bucket_w:0.001 buckets:[2 4 8 16] n_buckets:[1 2] | 0"
            + " | count:30.5 sum:120.20840280171308 z_bucket:0.5 z_bucket_w:0.001 buckets:[2 4 8 16]",
        "count:34 sum:123.75 z_bucket:1 z_bucket_w:0.001 buckets:[2 4 8 16] n_buckets:[1 2] | Infinity"
            + " | z_bucket_w:0.001",
        "count:4 sum:9 z_bucket:4 z_bucket_w:2 | 1 | count:1 sum:1.5 z_bucket:1 z_bucket_w:2",
        "count:4 sum:9 z_bucket:4 | 0 | count:4 sum:9 z_bucket:4",
        "schema:-53 count:10 sum:9 custom_values:[2 6] buckets:[4 4 2] | 4"
            + " | schema:-53 count:4 sum:22 custom_values:[2 6] offset:1 buckets:[2 2]",
        "schema:-53 count:10 sum:9 custom_values:[2 6] buckets:[4 4 2] | 8"
            + " | schema:-53 count:2 sum:16 custom_values:[2 6] offset:2 buckets:[2]"
      })
  void whatIsBelowABoundGoes(String notation, double bound, String expected) {
    assertThat(print(histogram(notation).trimmedBelow(bound)))
        .isEqualTo(print(histogram(expected)));
  }

  @Test
  void whatIsTrimmedAboveAndBelowIsAll() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      NativeHistogram histogram = RandomHistograms.histogram(random, false);
      if (histogram.layout().isCustom()) {
        continue; // Their last bucket goes either way.
      }
      double populated = 0;
      for (BucketCursor bucket = histogram.ascending(); bucket.next(); ) {
        populated += bucket.count();
      }
      double bound = random.nextGaussian() * 4;
      NativeHistogram below = histogram.trimmedAbove(bound);
      NativeHistogram above = histogram.trimmedBelow(bound);
      double all = (below == histogram ? populated : below.count())
          + (above == histogram ? populated : above.count());
      assertThat(all)
          .as("-Dseed=%d, %s at %s", seed, histogram, bound)
          .isCloseTo(populated, within(1e-9 * (1 + populated)));
    }
  }

  @Test
  void equalityLooksAtBits() {
    var a = histogram("count:4 sum:NaN buckets:[1 2]");
    assertThat(a)
        .isEqualTo(histogram("count:4 sum:NaN buckets:[1 2]"))
        .hasSameHashCodeAs(histogram("count:4 sum:NaN buckets:[1 2]"));
    var gauge = a.withHint(CounterResetHint.GAUGE);
    assertThat(gauge).isNotEqualTo(a);
    assertThat(gauge.hasSameObservations(a)).isTrue();
    assertThat(a.hasSameObservations(histogram("count:4 sum:NaN buckets:[1 2 0]")))
        .isFalse();
    assertThat(a.hasSameObservations(histogram("count:4 sum:NaN buckets:[1 3]")))
        .isFalse();
    assertThat(histogram("sum:0").hasSameObservations(histogram("sum:-0"))).isFalse();
  }

  @Test
  void aSumOfManyLosesNothing() {
    var sum = new HistogramSum(histogram("count:1e16 sum:1e16 buckets:[1e16]"));
    for (int i = 0; i < 1_000; i++) {
      sum.add(histogram("count:1 sum:1 buckets:[1] n_buckets:[1]"));
    }
    assertThat(print(sum.result()))
        .isEqualTo(
            "count:1.0000000000001e+16 sum:1.0000000000001e+16 buckets:[1.0000000000001e+16] n_buckets:[1000]");
    assertThat(sum.takes(histogram("schema:-53 custom_values:[1]"))).isFalse();
    assertThat(sum.hintsContradict()).isFalse();
  }

  @Test
  void aSumOfManyIsTheSumOfPairs() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      boolean custom = random.nextBoolean();
      NativeHistogram pairs = RandomHistograms.whole(random, custom);
      var sum = new HistogramSum(pairs);
      for (int i = random.nextInt(5); i >= 0; i--) {
        NativeHistogram next = RandomHistograms.whole(random, custom);
        sum.add(next);
        pairs = pairs.plus(next).histogram();
      }
      // Whole numbers: nothing is lost in either way.
      assertThat(print(sum.result()))
          .as("-Dseed=%d, round %d", seed, round)
          .isEqualTo(print(pairs.compact(0)));
    }
  }

  @Test
  void operationsKeepCountsInTheBuckets() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 1_000; round++) {
      boolean custom = random.nextBoolean();
      NativeHistogram a = RandomHistograms.whole(random, custom);
      NativeHistogram b = RandomHistograms.whole(random, custom);
      if (a.layout().schema() != b.layout().schema()
          && a.layout().zeroThreshold() != b.layout().zeroThreshold()) {
        continue; // What becomes wider in both ways may count twice.
      }
      String what = "-Dseed=" + seed + ", " + print(a) + " and " + print(b);
      NativeHistogram sum = a.plus(b).histogram();
      assertThat(populated(sum)).as(what).isEqualTo(populated(a) + populated(b));
      assertThat(print(sum.compact(0)))
          .as(what)
          .isEqualTo(print(b.plus(a).histogram().compact(0)));
      // A counter that only grows has no reset, whatever becomes of its resolution.
      if (!custom) {
        assertThat(sum.isResetFrom(a)).as(what).isFalse();
        assertThat(sum.isResetFrom(b)).as(what).isFalse();
        assertThat(a.layout().schema() == -4 ? populated(a) : populated(a.atSchema(-4)))
            .isEqualTo(populated(a));
      }
      assertThat(populated(a.compact(random.nextInt(4)))).isEqualTo(populated(a));
      NativeHistogram none = a.minus(a).histogram();
      assertThat(none.compact(0).layout().bucketCount()).as(what).isZero();
    }
  }

  private static double populated(NativeHistogram histogram) {
    double sum = histogram.zeroCount();
    for (int i = 0; i < histogram.layout().negativeCount(); i++) {
      sum += histogram.negative(i);
    }
    for (int i = 0; i < histogram.layout().positiveCount(); i++) {
      sum += histogram.positive(i);
    }
    return sum;
  }
}
