package dev.sluice.benchmarks.flow;

import java.time.Duration;
import java.util.List;

/**
 * What came of a scenario.
 *
 * @param title what it shows
 * @param figures what was measured
 * @param step the time from one sample to the next
 * @param unit what the rates are
 * @param rates rates over time, for a chart
 * @param levels numbers of writes over time, for a chart beside it; may be empty
 */
public record Run(
    String title,
    List<Figure> figures,
    Duration step,
    String unit,
    List<Series> rates,
    List<Series> levels) {

  /** Rates in write units a second. */
  Run(String title, List<Figure> figures, Duration step, List<Series> rates, List<Series> levels) {
    this(title, figures, step, "write units a second", rates, levels);
  }

  /** {@return whether every target was reached} */
  public boolean isReached() {
    return figures.stream().allMatch(Figure::reached);
  }
}
