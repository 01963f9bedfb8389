package dev.sluice.kafka.simulation;

import dev.sluice.testkit.seeds.FaultCounts;

/** A range of seeds, for those who load the simulation with other sources of the consumer. */
public final class SimulationRange {
  private SimulationRange() {}

  /**
   * Runs seeds until one fails.
   *
   * @param from the first seed
   * @param count how many seeds at most
   * @return how many seeds it took and what failed, as {@code "17 what"}, or null if none did
   */
  public static String firstFailure(long from, int count) {
    FaultCounts counts = FaultCounts.of(Fault.values());
    for (int i = 0; i < count; i++) {
      try {
        Simulation.run(from + i, counts, Simulation.NO_TRACE);
      } catch (AssertionError e) {
        return (i + 1) + " " + e.getMessage();
      }
    }
    return null;
  }
}
