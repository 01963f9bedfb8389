package dev.sluice.benchmarks.writer;

import java.util.List;
import java.util.Locale;

/**
 * How values lie.
 *
 * @param least the least of them
 * @param median the one in the middle, or the mean of the two there
 * @param most the greatest
 */
public record Spread(double least, double median, double most) {

  /** {@return how they lie; there is at least one} */
  public static Spread of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    return new Spread(sorted.get(0), median, sorted.get(sorted.size() - 1));
  }

  /**
   * Puts them into words.
   *
   * @param format of each of the three
   * @return the median, and in brackets the least and the most
   */
  public String text(String format) {
    return String.format(
        Locale.ROOT, format + " (" + format + " to " + format + ")", median, least, most);
  }
}
