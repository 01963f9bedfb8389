package dev.sluice.simulation;

import dev.sluice.metrics.WriterMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** What a writer tells of itself, held to what it promises. */
final class Bounds implements WriterMetrics {
  private static final Duration SHORTEST_WINDOW = Duration.ofMillis(250);

  private final Simulation simulation;
  private final Duration longestWrite;
  private final Map<String, Double> rates = new HashMap<>();
  private final Map<String, Instant> cuts = new HashMap<>();
  private boolean hot;
  private boolean held;

  Bounds(Simulation simulation, Duration longestWrite) {
    this.simulation = simulation;
    this.longestWrite = longestWrite;
  }

  @Override
  public void flow(String table, double unitsPerSecond, int hotKeys, int waiting) {
    if (!simulation.scenario().pacing().shared()) {
      lookForCuts(table, unitsPerSecond);
    }
    if (hotKeys > 0 && !hot) {
      hot = true;
      simulation.processes().happened(Fault.KEY_HOT);
    }
    if (waiting > 0 && !held) {
      held = true;
      simulation.processes().happened(Fault.KEY_HELD);
    }
  }

  /** However many requests fail of one throttle, it is one cut. */
  private void lookForCuts(String table, double rate) {
    Double before = rates.put(table, rate);
    if (before != null && rate < before) {
      Instant now = simulation.time().now();
      Instant last = cuts.put(table, now);
      simulation
          .checks()
          .require(
              last == null || !now.isBefore(last.plus(SHORTEST_WINDOW)),
              "a budget was cut twice within " + SHORTEST_WINDOW.toMillis() + " ms");
    }
  }

  @Override
  public void retried(Stage stage, String table, int items, String code) {
    simulation
        .checks()
        .require(
            !code.equals("IdempotentParameterMismatchException"),
            "one token went out with two transactions");
  }

  @Override
  public void load(int inFlight, int writes, long bytes, long oldestNanos) {
    simulation
        .checks()
        .require(writes <= SimulatedService.MAX_BUFFERED, "the buffer holds " + writes + " writes");
    simulation
        .checks()
        .require(
            oldestNanos <= longestWrite.toNanos(),
            "a write is open for " + oldestNanos / 1_000_000 + " ms");
  }
}
