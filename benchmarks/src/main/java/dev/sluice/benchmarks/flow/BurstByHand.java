package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import java.time.Duration;
import java.util.List;

/** The load of {@link Burst} by batches written by hand, which know no budget. */
final class BurstByHand implements Scenario {
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
    rig.limit(Burst.table(budget));
    Feed batches = rig.byHand().stream(Burst.events());
    Series offered = rig.sampleGrowth("offered", batches::offered);
    Series written = rig.sampleGrowth("written", batches::applied);
    Series refused = rig.sampleGrowth("refused", () -> rig.usage().throttledWriteUnits());
    Burst.run(rig, budget, batches);

    int from = Burst.BEFORE;
    int to = written.values().size() - Burst.BEFORE * 2;
    return new Run(
        Burst.TITLE + ", by hand: batches of 25 and backoff",
        List.of(
            Figure.shown(Burst.REFUSED, refused.shareBeside(written, from, to)),
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
