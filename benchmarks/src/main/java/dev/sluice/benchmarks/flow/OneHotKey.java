package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import dev.sluice.model.HotKey;
import dev.sluice.model.Write;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

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
  static final String BEHIND =
      "other keys: taken in, of what was offered, if they come in one stream with the hot key";
  static final String REFUSED = "refused, of all units, after 10 s";
  private static final int OTHERS_ONE_IN = (int) ((OTHERS + HOT) / OTHERS);
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
    Source others = rig.source(new Source("o", rig.writer, others()));
    Source hot = rig.source(new Source("h", rig.writer, hot()));
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
            "keys found to be hot that are not in the hot one's partition, of 1,009",
            (double) elsewhere(rig.writer.hotKeys())));
    figures.add(Figure.shown(BEHIND, takenBehind(seed)));
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

  private static long elsewhere(List<HotKey> keys) {
    int partition = THROUGHPUT.partitionOf(KEY);
    return keys.stream()
        .filter(key -> THROUGHPUT.partitionOf(key.partitionKey().s()) != partition)
        .count();
  }

  static LongFunction<Write> others() {
    return Events.of("o", Events.keys("k", OTHER_KEYS), 100);
  }

  static LongFunction<Write> hot() {
    return Events.of("h", n -> KEY, 100);
  }

  /** Both in one stream, as in one partition: one in so many is of the other keys. */
  static LongFunction<Write> mixed() {
    LongFunction<String> others = Events.keys("k", OTHER_KEYS);
    return Events.of("m", n -> n % OTHERS_ONE_IN == 0 ? others.apply(n / OTHERS_ONE_IN) : KEY, 100);
  }

  private static double takenBehind(long seed) {
    Rig rig = Rig.keyed(seed, WriteBudget.adaptive());
    return takenBehind(rig, rig.source(new Source("m", rig.writer, mixed())));
  }

  /** How much of what is offered is taken in, where all comes in one stream. */
  static double takenBehind(Rig rig, Feed all) {
    rig.limit(THROUGHPUT);
    rig.run(SECONDS, seconds -> all.offer((OTHERS + HOT) * seconds));
    return (double) all.accepted() / all.offered();
  }
}
