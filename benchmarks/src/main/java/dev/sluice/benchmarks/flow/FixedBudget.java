package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import java.time.Duration;
import java.util.List;

/** More is offered than a fixed budget allows: what goes out in every ten seconds is the budget. */
final class FixedBudget implements Scenario {
  private static final int SECONDS = 60;
  private static final double BUDGET = 500;
  private static final double OFFERED = 2_000;
  private static final long WINDOW_NANOS = 10_000_000_000L;
  private static final double WINDOW_SECONDS = 10;

  @Override
  public String name() {
    return "fixed-budget";
  }

  @Override
  public Run run(long seed) {
    Rig rig = Rig.keyed(seed, WriteBudget.unitsPerSecond(BUDGET));
    Source source =
        rig.source(new Source("s", rig.writer, Events.of("e", Events.keys("k", 101), 100)));
    Series offered = rig.sampleGrowth("offered", source::offered);
    Series written = rig.sampleGrowth("written", () -> rig.usage().writeUnits());
    Series outside = rig.sample("waiting outside", source::backlog);
    rig.run(SECONDS, seconds -> source.offer(OFFERED * seconds));

    Windows windows = Windows.of(rig.client.sent());
    double budget = BUDGET * WINDOW_SECONDS;
    return new Run(
        "A fixed budget of 500 write units a second, four times that offered",
        List.of(
            Figure.atLeast(
                0.98, "least reserved in any 10 s, of the budget", windows.least / budget),
            Figure.atMost(1.02, "most reserved in any 10 s, of the budget", windows.most / budget),
            Figure.atMost(
                1, "requests by which any 10 s are over the budget", windows.over(budget))),
        Duration.ofSeconds(1),
        List.of(offered, written),
        List.of(outside));
  }

  /** What was sent in each stretch of ten seconds that begins with a request. */
  private record Windows(double least, double most, int largest) {
    static Windows of(List<SentUnits.Sent> sent) {
      long end = sent.get(sent.size() - 1).nanos();
      double least = Double.MAX_VALUE;
      double most = 0;
      int largest = 0;
      double sum = 0;
      int to = 0;
      for (int from = 0; from < sent.size(); from++) {
        long until = sent.get(from).nanos() + WINDOW_NANOS;
        while (to < sent.size() && sent.get(to).nanos() < until) {
          sum += sent.get(to++).items();
        }
        if (until <= end) {
          least = Math.min(least, sum);
          most = Math.max(most, sum);
          largest = Math.max(largest, sent.get(from).items());
        }
        sum -= sent.get(from).items();
      }
      return new Windows(least, most, largest);
    }

    double over(double budget) {
      return Math.max(0, most - budget) / largest;
    }
  }
}
