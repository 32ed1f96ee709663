package io.chronicledb.engine.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.function.ToDoubleFunction;

/**
 * Additive Holt-Winters smoothing, fitted to values at equal distances: a level ℓ, a trend b and, of a season of m values, s.
 *
 * <pre>
 * ℓ(t) = α (y(t) − s(t−m)) + (1−α) (ℓ(t−1) + b(t−1))
 * b(t) = β (ℓ(t) − ℓ(t−1)) + (1−β) b(t−1)
 * s(t) = γ (y(t) − ℓ(t−1) − b(t−1)) + (1−γ) s(t−m)         0 ≤ α, β ≤ 1;  0 ≤ γ ≤ 1−α
 *
 * forecast of y(t+h) = ℓ(t) + h b(t) + s of the same place in the newest season
 * </pre>
 *
 * C. C. Holt, "Forecasting seasonals and trends by exponentially weighted averages", 1957; P. R. Winters, "Forecasting sales by
 * exponentially weighted moving averages", 1960; in the form of R. J. Hyndman and G. Athanasopoulos, "Forecasting: principles and
 * practice", 3rd edition, section 8.3, whose β* is β here.
 *
 * <p>α, β and γ are those with the least sum of squared errors of the forecasts one step ahead that could be found; the same values always
 * give the same ones. The smoothing starts from the means of the first two seasons and what is left of them, without a season from the line
 * through the first values. So a line, a repeated pattern and their sum are continued as they are.
 *
 * <p>Immutable.
 */
public final class HoltWinters {

  private static final int LINE_VALUES_MAX = 10;

  // The errors have more than one valley: the search starts from the best place of each α.
  private static final double[] ALPHAS = {0.1, 0.3, 0.6, 0.9};
  private static final double[] BETAS = {0.02, 0.1, 0.4};
  private static final double[] GAMMAS = {0.1, 0.4, 0.8};

  private final int season;
  private final double alpha;
  private final double beta;
  private final double gamma;
  /** Values are fitted as (value / 2^exponent) − first: neither squares overflow nor does a large level hide small changes. */
  private final int exponent;

  private final double first;
  private final double level;
  private final double trend;
  /** The newest season, beginning with the place of the next value; one 0 without a season. */
  private final double[] seasonal;

  private final double errorDeviation;

  private HoltWinters(int season, double[] parameters, int exponent, double first, Smoothing end) {
    this.season = season;
    this.alpha = parameters[0];
    this.beta = parameters[1];
    this.gamma = season > 1 ? gamma(parameters) : 0;
    this.exponent = exponent;
    this.first = first;
    this.level = end.level;
    this.trend = end.trend;
    this.seasonal = new double[season];
    for (int i = 0; i < season; i++) {
      seasonal[i] = end.seasonal[(end.count + i) % season];
    }
    this.errorDeviation = Math.scalb(Math.sqrt(end.squaredErrors / end.count), exponent);
  }

  /**
   * Fits to values. Takes some microseconds for each of them.
   *
   * @param values at least 2, all finite, the oldest first; not kept
   * @param season how many values a season has. At 1 or less there is none, nor with fewer values than two whole seasons: then only
   *     level and trend are fitted
   */
  public static HoltWinters fit(double[] values, int season) {
    if (values.length < 2) {
      throw new IllegalArgumentException(
          "a forecast from " + values.length + " values, not 2 or more");
    }
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException("a forecast from " + values[i] + " at index " + i);
      }
      largest = Math.max(largest, Math.abs(values[i]));
    }
    int exponent = largest == 0 ? 0 : Math.getExponent(largest);
    var scaled = new double[values.length];
    double first = Math.scalb(values[0], -exponent);
    for (int i = 0; i < values.length; i++) {
      scaled[i] = Math.scalb(values[i], -exponent) - first;
    }
    boolean seasons = season > 1 && values.length / 2 >= season;
    Smoothing start = seasons ? Smoothing.ofSeasons(scaled, season) : Smoothing.ofLine(scaled);
    double[] parameters = parameters(start, scaled, seasons ? 3 : 2);
    return new HoltWinters(
        seasons ? season : 1, parameters, exponent, first, start.over(scaled, parameters));
  }

  private static double[] parameters(Smoothing start, double[] values, int count) {
    ToDoubleFunction<double[]> errors = parameters -> start.over(values, parameters).squaredErrors;
    var search = new NelderMead(errors);
    var found = new ArrayList<double[]>();
    for (double alpha : ALPHAS) {
      var grid = new ArrayList<double[]>();
      for (double beta : BETAS) {
        for (double gamma : count == 3 ? GAMMAS : new double[1]) {
          grid.add(Arrays.copyOf(new double[] {alpha, beta, gamma}, count));
        }
      }
      found.add(search.minimize(Collections.min(grid, Comparator.comparingDouble(errors))));
    }
    return Collections.min(found, Comparator.comparingDouble(errors));
  }

  /** The third parameter is γ as a share of what α leaves, so that each is from 0 to 1. */
  private static double gamma(double[] parameters) {
    return parameters[2] * (1 - parameters[0]);
  }

  /**
   * The values to come, from the one right after the last.
   *
   * @param count 0 or more
   */
  public double[] forecast(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("a forecast of " + count + " values");
    }
    var forecast = new double[count];
    for (int i = 0; i < count; i++) {
      double value = level + (i + 1.0) * trend + seasonal[i % season];
      forecast[i] = Math.scalb(value + first, exponent);
    }
    return forecast;
  }

  /**
   * How far a forecast one step ahead was off in the values that were fitted: the root of the mean squared error, in the unit of the
   * values. 0 where all was foreseen.
   */
  public double errorDeviation() {
    return errorDeviation;
  }

  /** How many values the fitted season has; 1 without one. */
  public int season() {
    return season;
  }

  /** The weight of a new value in the level. */
  public double alpha() {
    return alpha;
  }

  /** The weight of a new slope in the trend. */
  public double beta() {
    return beta;
  }

  /** The weight of a new value in the season; 0 without one. */
  public double gamma() {
    return gamma;
  }

  /** Level, trend and season after some values, which at first are none. */
  private static final class Smoothing {

    private double level;
    private double trend;
    /** By the index of a value modulo the season; one 0 without a season. */
    private final double[] seasonal;

    private int count;
    private double squaredErrors;

    private Smoothing(double level, double trend, double[] seasonal) {
      this.level = level;
      this.trend = trend;
      this.seasonal = seasonal;
    }

    /** Starts from the line through the first values, by least squares. */
    private static Smoothing ofLine(double[] values) {
      int count = Math.min(values.length, LINE_VALUES_MAX);
      double center = (count - 1) / 2.0;
      double mean = mean(values, 0, count);
      double products = 0;
      double squares = 0;
      for (int i = 0; i < count; i++) {
        products += (i - center) * (values[i] - mean);
        squares += (i - center) * (i - center);
      }
      double trend = products / squares;
      return new Smoothing(mean - trend * (center + 1), trend, new double[1]);
    }

    /** Starts from the line through the means of two seasons, and their mean distances to it. */
    private static Smoothing ofSeasons(double[] values, int season) {
      double center = (season - 1) / 2.0;
      double mean = mean(values, 0, season);
      double trend = (mean(values, season, 2 * season) - mean) / season;
      var seasonal = new double[season];
      for (int i = 0; i < season; i++) {
        double both = (values[i] + values[season + i]) / 2;
        seasonal[i] = both - (mean + trend * (i + season / 2.0 - center));
      }
      return new Smoothing(mean - trend * (center + 1), trend, seasonal);
    }

    private static double mean(double[] values, int from, int to) {
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += values[i];
      }
      return sum / (to - from);
    }

    /** Where this gets to over values. */
    private Smoothing over(double[] values, double[] parameters) {
      var end = new Smoothing(level, trend, seasonal.clone());
      end.add(values, parameters[0], parameters[1], parameters.length > 2 ? gamma(parameters) : 0);
      return end;
    }

    private void add(double[] values, double alpha, double beta, double gamma) {
      int place = 0;
      for (double value : values) {
        double expected = level + trend;
        double season = seasonal[place];
        double error = value - expected - season;
        squaredErrors += error * error;
        // The equations above with the error put in: what is expected stays, but for a share of the
        // error.
        level = expected + alpha * error;
        trend += alpha * beta * error;
        seasonal[place] = season + gamma * error;
        place = place + 1 == seasonal.length ? 0 : place + 1;
      }
      count += values.length;
    }
  }
}
