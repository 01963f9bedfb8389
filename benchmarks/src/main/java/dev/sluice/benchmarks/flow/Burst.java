package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** For a minute ten times the budget comes: it is taken in, and written at the budget. */
final class Burst implements Scenario {
  private static final int BURST_SECONDS = 60;
  private static final int BEFORE = 10;
  private static final int TIMES = 10;
  private static final int BUFFERED = 10_000;

  private final double budget;

  /**
   * Creates the scenario.
   *
   * @param budget write units a second; half of it comes before and after the burst
   */
  Burst(double budget) {
    this.budget = budget;
  }

  @Override
  public String name() {
    return "burst";
  }

  @Override
  public Run run(long seed) {
    Rig rig = Rig.keyed(seed, WriteBudget.unitsPerSecond(budget));
    Source source =
        rig.source(new Source("s", rig.writer, Events.of("e", Events.keys("k", 1_009), 100)));
    Series offered = rig.sampleGrowth("offered", source::offered);
    Series written = rig.sampleGrowth("written", source::applied);
    Series inside = rig.sample("taken, not written", () -> source.accepted() - source.applied());
    Series outside = rig.sample("waiting outside", source::backlog);
    rig.run(BEFORE, seconds -> source.offer(budget / 2 * seconds));
    rig.run(BURST_SECONDS, seconds -> source.offer(budget * TIMES * seconds));
    // Half of the budget still comes, half of it drains: twice as long, and some.
    int drain = BURST_SECONDS * (TIMES - 1) * 2 + BEFORE;
    rig.run(drain, seconds -> source.offer(budget / 2 * seconds));

    double most = inside.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    double drained =
        written.mean(BEFORE + BURST_SECONDS, BEFORE + BURST_SECONDS + drain - 2 * BEFORE);
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.atMost(
            0, "events neither written nor under way at the end", (double) source.backlog()));
    figures.add(Figure.shown("events", (double) source.offered()));
    figures.add(Figure.atMost(0, "writes that ended as unknown", (double) source.unknown()));
    figures.add(Figure.atMost(BUFFERED, "most taken and not written at a time", most));
    figures.add(
        Figure.atLeast(0.98, "written while the burst drains, of the budget", drained / budget));
    figures.add(Figure.atMost(1.02, "the same, at most", drained / budget));
    return new Run(
        "Ten times the budget for a minute",
        figures,
        Duration.ofSeconds(1),
        List.of(offered, written),
        List.of(inside, outside));
  }
}
