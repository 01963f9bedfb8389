package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import dev.sluice.model.Write;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** For a minute ten times the budget comes: it is taken in, and written at the budget. */
final class Burst implements Scenario {
  static final String TITLE =
      "Ten times the budget for a minute, into a table that takes the budget";
  static final String REFUSED = "refused, of all units, from the burst on";
  static final int SECONDS = 60;
  static final int BEFORE = 10;
  private static final int PARTITIONS = 10;
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
    rig.limit(table(budget));
    Source source = rig.source(new Source("s", rig.writer, events()));
    Series offered = rig.sampleGrowth("offered", source::offered);
    Series written = rig.sampleGrowth("written", source::applied);
    Series inside = rig.sample("taken, not written", () -> source.accepted() - source.applied());
    Series outside = rig.sample("waiting outside", source::backlog);
    Series refused = rig.sampleGrowth("refused", () -> rig.usage().throttledWriteUnits());
    int drain = run(rig, budget, source);
    // Nothing more comes: what was taken in must have been written.
    rig.run(BEFORE, seconds -> {});

    double most = inside.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    double drained = written.mean(BEFORE + SECONDS, BEFORE + SECONDS + drain - 2 * BEFORE);
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.atMost(
            0,
            "events not written ten seconds after the last",
            (double) source.offered() - source.applied()));
    figures.add(Figure.shown("events", (double) source.offered()));
    figures.add(Figure.atMost(0, "writes that ended as unknown", (double) source.unknown()));
    figures.add(Figure.atMost(BUFFERED, "most taken and not written at a time", most));
    figures.add(
        Figure.atLeast(0.98, "written while the burst drains, of the budget", drained / budget));
    figures.add(Figure.atMost(1.02, "the same, at most", drained / budget));
    figures.add(
        Figure.shown(REFUSED, refused.shareBeside(written, BEFORE, written.values().size())));
    return new Run(
        TITLE, figures, Duration.ofSeconds(1), List.of(offered, written), List.of(inside, outside));
  }

  /** A table that takes the budget and no more. */
  static Throughput table(double budget) {
    return Throughput.provisioned(PARTITIONS, budget, budget).withBurst(Duration.ofSeconds(1));
  }

  static LongFunction<Write> events() {
    return Events.of("e", Events.keys("k", 1_009), 100);
  }

  /**
   * Lets the burst come and drain.
   *
   * @return for how many seconds it was given to drain
   */
  static int run(Rig rig, double budget, Feed feed) {
    rig.run(BEFORE, seconds -> feed.offer(budget / 2 * seconds));
    rig.run(SECONDS, seconds -> feed.offer(budget * TIMES * seconds));
    // Half of the budget still comes, half of it drains: twice as long, and some.
    int drain = SECONDS * (TIMES - 1) * 2 + BEFORE;
    rig.run(drain, seconds -> feed.offer(budget / 2 * seconds));
    return drain;
  }
}
