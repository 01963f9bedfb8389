package dev.sluice.simulation;

import dev.sluice.model.Mode;
import java.util.ArrayList;
import java.util.List;

/**
 * What all processes together have spent of a budget that they share, second by second: in no
 * stretch of time more than it gives, and one request. Where requests land late, only the stretches
 * from the start are looked at.
 */
final class SpentUnits {
  /** What may land a little later than it was paid for, or be made up for. */
  private static final double MOMENT_SECONDS = 0.1;

  /** What two batches take: more than the one request that is promised. */
  private static final int EFFECTS_A_BATCH = 2 * SimulatedService.MAX_BUFFERED;

  private final Simulation simulation;
  private final Scenario scenario;
  // By table, or for all of them.
  private final List<List<Double>> spent = new ArrayList<>();

  SpentUnits(Simulation simulation) {
    this.simulation = simulation;
    this.scenario = simulation.scenario();
  }

  /** A second has passed. */
  void look() {
    List<Double> now = new ArrayList<>();
    for (String table : Pacing.TABLES) {
      now.add(simulation.tables().writeUnits(table));
    }
    if (scenario.pacing().together()) {
      now = List.of(now.stream().mapToDouble(Double::doubleValue).sum());
    }
    spent.add(now);
    boolean isLate = !scenario.prompt() || scenario.orphaning() || scenario.disasters() > 0;
    int last = spent.size() - 1;
    for (int from = isLate ? 0 : last - 1; from >= 0; from--) {
      for (int i = 0; i < now.size(); i++) {
        check(now.get(i) - spent.get(from).get(i), last - from);
      }
    }
  }

  private void check(double units, int seconds) {
    double rate = scenario.pacing().units();
    if (units > rate * (seconds + MOMENT_SECONDS) + largestRequest()) {
      var unused =
          simulation
              .checks()
              .failLater(
                  units + " units in " + seconds + " s are more than a budget of " + rate + "/s");
    }
  }

  private double largestRequest() {
    return scenario.mode() == Mode.TRANSACTIONAL
        ? 8.0 * scenario.maxTransactionEvents()
        : EFFECTS_A_BATCH;
  }
}
