package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import dev.sluice.model.Write;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Ten times the table's capacity is offered, its burst credit is used up, and an adaptive budget
 * finds the capacity; then the capacity doubles, and it finds that.
 */
final class Overload implements Scenario {
  private static final double CAPACITY = 1_000;
  private static final double OFFERED = 10_000;
  private static final int PARTITIONS = 10;
  private static final int SETTLING = 10;
  private static final int HELD = 120;
  private static final int AFTER_DOUBLING = 60;
  private static final int FOUND_WITHIN = 30;
  private static final int MOST_DRAINING = 120;

  private final Duration burst;
  private final boolean byHand;

  /**
   * Creates the scenario.
   *
   * @param burst the credit that is to be used up first
   */
  Overload(Duration burst) {
    this(burst, false);
  }

  private Overload(Duration burst, boolean byHand) {
    this.burst = burst;
    this.byHand = byHand;
  }

  /** {@return the same load, by batches written by hand, which find no capacity} */
  static Overload byHand(Duration burst) {
    return new Overload(burst, true);
  }

  @Override
  public String name() {
    return byHand ? "overload-by-hand" : "overload";
  }

  @Override
  public Run run(long seed) {
    WriteBudget adaptive = WriteBudget.between(10, 2 * OFFERED);
    Rig rig = Rig.keyed(seed, adaptive);
    rig.limit(Throughput.provisioned(PARTITIONS, CAPACITY, CAPACITY).withBurst(burst));
    LongFunction<Write> events = Events.of("e", Events.keys("k", 1_009), 100);
    Feed source =
        byHand ? rig.byHand().stream(events) : rig.source(new Source("s", rig.writer, events));
    Series capacity = rig.sample("capacity", () -> rig.capacity());
    Series written = rig.sampleGrowth("written", () -> rig.usage().writeUnits());
    Series refused = rig.sampleGrowth("refused", () -> rig.usage().throttledWriteUnits());
    int drained = 0;
    while (rig.usage().throttledWriteUnits() == 0 && drained < MOST_DRAINING) {
      rig.run(1, seconds -> source.offer(OFFERED * seconds));
      drained++;
    }
    rig.run(SETTLING + HELD, seconds -> source.offer(OFFERED * seconds));
    rig.limit(Throughput.provisioned(PARTITIONS, 2 * CAPACITY, 2 * CAPACITY).withBurst(burst));
    rig.run(AFTER_DOUBLING, seconds -> source.offer(OFFERED * seconds));

    int from = drained + SETTLING;
    int doubled = from + HELD;
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.shown("seconds until the burst credit was used up", drained));
    figures.add(
        atLeast(
            0.95, "written, of the capacity, after 10 s", written.mean(from, doubled) / CAPACITY));
    figures.add(
        atMost(
            0.02,
            "refused, of all units, after 10 s",
            refused.shareBeside(written, from, doubled)));
    figures.add(
        atMost(
            FOUND_WITHIN,
            "seconds until 95 % of twice the capacity is used",
            found(written, doubled, 0.95 * 2 * CAPACITY)));
    figures.add(
        Figure.shown(
            "refused, of all units, while that was found",
            refused.shareBeside(written, doubled, doubled + FOUND_WITHIN)));
    return new Run(
        "Ten times the capacity offered, then twice the capacity"
            + (byHand ? ", by hand: batches of 25 and backoff" : ""),
        figures,
        Duration.ofSeconds(1),
        List.of(capacity, written, refused),
        List.of());
  }

  private Figure atLeast(double bound, String what, double value) {
    return byHand ? Figure.shown(what, value) : Figure.atLeast(bound, what, value);
  }

  private Figure atMost(double bound, String what, double value) {
    return byHand ? Figure.shown(what, value) : Figure.atMost(bound, what, value);
  }

  /** After how many seconds a level is reached, and kept for ten seconds on average. */
  private static int found(Series written, int from, double level) {
    for (int at = from; at + 10 <= written.values().size(); at++) {
      if (written.values().get(at) >= level && written.mean(at, at + 10) >= level) {
        return at - from;
      }
    }
    return Integer.MAX_VALUE;
  }
}
