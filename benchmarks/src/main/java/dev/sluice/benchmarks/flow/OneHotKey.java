package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One key is offered ten times what its partition takes; the other keys do not notice. */
final class OneHotKey implements Scenario {
  static final String TITLE = "One key is offered ten times what its partition takes";
  static final String KEY = "hot";
  static final int OTHER_KEYS = 1_009;
  static final double OTHERS = 2_000;
  static final double HOT = 10_000;
  static final int SECONDS = 60;
  static final int SETTLING = 10;
  static final String HOT_WRITTEN = "hot key: written, of what its partition takes, after 10 s";
  static final String REFUSED = "refused, of all units, after 10 s";
  private static final int PARTITIONS = 50;

  /** Partitions without credit: a hot key has used up its own long ago. */
  static final Throughput THROUGHPUT =
      Throughput.onDemand(PARTITIONS).withBurst(Duration.ofSeconds(1));

  @Override
  public String name() {
    return "one-hot-key";
  }

  @Override
  public Run run(long seed) {
    Rig rig = Rig.keyed(seed, WriteBudget.adaptive());
    rig.limit(THROUGHPUT);
    Source others =
        rig.source(new Source("o", rig.writer, Events.of("o", Events.keys("k", OTHER_KEYS), 100)));
    Source hot = rig.source(new Source("h", rig.writer, Events.of("h", n -> KEY, 100)));
    Series othersWritten = rig.sampleGrowth("other keys", others::applied);
    Series hotWritten = rig.sampleGrowth("hot key", hot::applied);
    Series refused = rig.sampleGrowth("refused", () -> rig.usage().throttledWriteUnits());
    Series held =
        rig.sample("taken of the hot key, not written", () -> hot.accepted() - hot.applied());
    rig.run(
        SECONDS,
        seconds -> {
          others.offer(OTHERS * seconds);
          hot.offer(HOT * seconds);
        });

    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.atLeast(
            0.95,
            "other keys: written, of what was offered",
            (double) others.applied() / others.offered()));
    figures.add(
        Figure.atLeast(
            0.95,
            "other keys: least written in any second, of what was offered",
            othersWritten.values().stream().mapToDouble(Double::doubleValue).skip(1).min().orElse(0)
                / OTHERS));
    figures.add(Figure.shown(HOT_WRITTEN, hotWritten.mean(SETTLING, SECONDS) / 1_000));
    figures.add(Figure.shown(REFUSED, refused(othersWritten, hotWritten, refused)));
    figures.add(
        Figure.atMost(
            1,
            "keys found to be hot beside the hot one and those of its partition, of 1,009",
            Math.max(0, rig.writer.hotKeys().size() - 1 - OTHER_KEYS / PARTITIONS * 2)));
    return new Run(
        TITLE,
        figures,
        Duration.ofSeconds(1),
        List.of(othersWritten, hotWritten, refused),
        List.of(held));
  }

  /** The share of what was refused, when it has settled. */
  static double refused(Series others, Series hot, Series refused) {
    double good = others.sum(SETTLING, SECONDS) + hot.sum(SETTLING, SECONDS);
    double bad = refused.sum(SETTLING, SECONDS);
    return bad / (good + bad);
  }
}
