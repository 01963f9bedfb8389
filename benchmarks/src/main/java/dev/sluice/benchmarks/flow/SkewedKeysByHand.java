package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.util.List;

/** The load of {@link SkewedKeys} by batches written by hand: what throttling does to it. */
final class SkewedKeysByHand implements Scenario {
  private final int seconds;

  SkewedKeysByHand(int seconds) {
    this.seconds = seconds;
  }

  @Override
  public String name() {
    return "skewed-keys-by-hand";
  }

  @Override
  public Run run(long seed) {
    Rig rig = Rig.keyed(seed, WriteBudget.unlimited());
    rig.limit(Throughput.onDemand(SkewedKeys.KEYS).withBurst(Duration.ofSeconds(1)));
    Feed batches =
        rig.byHand().stream(Events.of("e", SkewedKeys.keys(seed), SkewedKeys.ITEM_BYTES));
    Series offered =
        rig.sampleGrowth("offered", () -> SkewedKeys.UNITS * (double) batches.offered());
    Series written = rig.sampleGrowth("written", () -> rig.usage().writeUnits());
    Series refused = rig.sampleGrowth("refused", () -> rig.usage().throttledWriteUnits());
    rig.run(seconds, length -> batches.offer(SkewedKeys.OFFERED * length));

    double good = rig.usage().writeUnits();
    double bad = rig.usage().throttledWriteUnits();
    return new Run(
        SkewedKeys.LOAD + ", by hand: batches of 25 and backoff, no sharding, no ledger",
        List.of(
            Figure.shown("refused, of all units", bad / (good + bad)),
            Figure.shown(
                "refused in the worst second, of all units", SkewedKeys.worst(written, refused)),
            Figure.shown(
                "written, of what was offered", (double) batches.applied() / batches.offered())),
        Duration.ofSeconds(1),
        List.of(offered, written, refused),
        List.of());
  }
}
