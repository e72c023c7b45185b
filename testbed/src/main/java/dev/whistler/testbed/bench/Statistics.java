package dev.whistler.testbed.bench;

import java.util.Arrays;
import java.util.Collection;

/** Summaries of measured values. */
public final class Statistics {
  private Statistics() {}

  /**
   * Median and quartiles of some values.
   *
   * @param low first quartile
   * @param high third quartile
   */
  public record Spread(double median, double low, double high) {
    /** Quartiles by linear interpolation between neighbours. */
    public static Spread of(double[] values) {
      return new Spread(quantile(values, 0.5), quantile(values, 0.25), quantile(values, 0.75));
    }
  }

  /**
   * The value below which a share of the values lies, by linear interpolation between neighbours.
   *
   * @param values at least one, in any order
   * @param share from 0 to 1
   */
  public static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** The geometric mean of positive values; NaN of none. */
  public static double geometricMean(Collection<Double> values) {
    return Math.exp(values.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
  }
}
