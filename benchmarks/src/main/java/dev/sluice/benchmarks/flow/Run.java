package dev.sluice.benchmarks.flow;

import java.time.Duration;
import java.util.List;

/**
 * What came of a scenario.
 *
 * @param title what it shows
 * @param figures what was measured
 * @param step the time from one sample to the next
 * @param rates write units a second over time, for a chart
 * @param levels numbers of writes over time, for a chart beside it; may be empty
 */
public record Run(
    String title, List<Figure> figures, Duration step, List<Series> rates, List<Series> levels) {

  /** {@return whether every target was reached} */
  public boolean isReached() {
    return figures.stream().allMatch(Figure::reached);
  }
}
