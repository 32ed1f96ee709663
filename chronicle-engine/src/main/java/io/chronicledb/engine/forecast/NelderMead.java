package io.chronicledb.engine.forecast;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.ToDoubleFunction;

/**
 * The least value of a function of a few numbers from 0 to 1, by the simplex method of J. A. Nelder and R. Mead, "A simplex method for
 * function minimization", 1965. Points outside are moved to the edge. Nothing is random: the same function gives the same result.
 */
final class NelderMead {

  private static final int ITERATIONS_MAX = 200;
  /** Of the first simplex. */
  private static final double EDGE = 0.1;
  /** Relative to the least value: where all corners are that close, looking further is not worth it. */
  private static final double TOLERANCE = 1e-10;

  private record Corner(double[] at, double value) {}

  private final ToDoubleFunction<double[]> function;

  NelderMead(ToDoubleFunction<double[]> function) {
    this.function = function;
  }

  /** The best point found, which is no worse than the start. */
  double[] minimize(double[] start) {
    int dimensions = start.length;
    var simplex = new Corner[dimensions + 1];
    simplex[dimensions] = corner(start.clone());
    for (int i = 0; i < dimensions; i++) {
      double[] at = start.clone();
      at[i] += at[i] <= 0.5 ? EDGE : -EDGE;
      simplex[i] = corner(at);
    }
    for (int iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
      Arrays.sort(simplex, Comparator.comparingDouble(Corner::value));
      double best = simplex[0].value;
      Corner worst = simplex[dimensions];
      if (worst.value - best <= TOLERANCE * best) {
        break;
      }
      double[] center = center(simplex);
      Corner reflected = along(center, worst, -1);
      if (reflected.value < best) {
        Corner expanded = along(center, worst, -2);
        simplex[dimensions] = expanded.value < reflected.value ? expanded : reflected;
      } else if (reflected.value < simplex[dimensions - 1].value) {
        simplex[dimensions] = reflected;
      } else {
        Corner contracted = along(center, worst, reflected.value < worst.value ? -0.5 : 0.5);
        if (contracted.value < Math.min(reflected.value, worst.value)) {
          simplex[dimensions] = contracted;
        } else {
          for (int i = 1; i <= dimensions; i++) {
            simplex[i] = along(simplex[0].at, simplex[i], 0.5);
          }
        }
      }
    }
    Arrays.sort(simplex, Comparator.comparingDouble(Corner::value));
    return simplex[0].at;
  }

  /** Of all corners but the last. */
  private static double[] center(Corner[] simplex) {
    int dimensions = simplex.length - 1;
    var center = new double[dimensions];
    for (int i = 0; i < dimensions; i++) {
      for (int corner = 0; corner < dimensions; corner++) {
        center[i] += simplex[corner].at[i] / dimensions;
      }
    }
    return center;
  }

  /** The point on the line from a point, at 0, to a corner, at 1. */
  private Corner along(double[] from, Corner to, double share) {
    var at = new double[from.length];
    for (int i = 0; i < at.length; i++) {
      at[i] = from[i] + share * (to.at[i] - from[i]);
    }
    return corner(at);
  }

  private Corner corner(double[] at) {
    for (int i = 0; i < at.length; i++) {
      at[i] = Math.min(1, Math.max(0, at[i]));
    }
    return new Corner(at, function.applyAsDouble(at));
  }
}
