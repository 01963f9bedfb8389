package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.util.List;

/**
 * The load of {@link Burst} by batches written by hand, which know no budget, into a table that
 * takes the budget and no more.
 */
final class BurstByHand implements Scenario {
  private static final int PARTITIONS = 10;

  private final double budget;

  /**
   * Creates the scenario.
   *
   * @param budget write units a second; half of it comes before and after the burst
   */
  BurstByHand(double budget) {
    this.budget = budget;
  }

  @Override
  public String name() {
    return "burst-by-hand";
  }

  @Override
  public Run run(long seed) {
    Rig rig = Rig.keyed(seed, WriteBudget.unlimited());
    rig.limit(Throughput.provisioned(PARTITIONS, budget, budget).withBurst(Duration.ofSeconds(1)));
    PlainBatches batches = rig.byHand(Burst.events());
    Series offered = rig.sampleGrowth("offered", batches::offered);
    Series written = rig.sampleGrowth("written", batches::applied);
    Series refused = rig.sampleGrowth("refused", () -> rig.usage().throttledWriteUnits());
    Burst.run(rig, budget, batches);

    int from = Burst.BEFORE;
    int to = written.values().size() - Burst.BEFORE * 2;
    double good = written.sum(from, to);
    double bad = refused.sum(from, to);
    return new Run(
        Burst.TITLE + ", by hand: batches of 25 and backoff, into a table that takes the budget",
        List.of(
            Figure.shown("refused, of all units, from the burst on", bad / (good + bad)),
            Figure.shown(
                "refused in the worst second, of all units", SkewedKeys.worst(written, refused)),
            Figure.shown(
                "written while the burst drains, of the budget",
                written.mean(from + Burst.SECONDS, to) / budget)),
        Duration.ofSeconds(1),
        List.of(offered, written, refused),
        List.of());
  }
}
