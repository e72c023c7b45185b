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
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return new Spread(quantile(sorted, 0.5), quantile(sorted, 0.25), quantile(sorted, 0.75));
    }

    private static double quantile(double[] sorted, double share) {
      double place = share * (sorted.length - 1);
      int below = (int) place;
      int above = Math.min(below + 1, sorted.length - 1);
      return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
  }

  /** The geometric mean of positive values; NaN of none. */
  public static double geometricMean(Collection<Double> values) {
    return Math.exp(values.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
  }
}
