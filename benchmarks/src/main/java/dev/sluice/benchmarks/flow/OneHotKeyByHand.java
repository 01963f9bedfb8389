package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The load of {@link OneHotKey} by batches written by hand: what the hot key does to the others.
 */
final class OneHotKeyByHand implements Scenario {
  private static final int OTHERS_ONE_IN =
      (int) ((OneHotKey.OTHERS + OneHotKey.HOT) / OneHotKey.OTHERS);
  private static final LongFunction<String> OTHERS = Events.keys("k", OneHotKey.OTHER_KEYS);

  @Override
  public String name() {
    return "one-hot-key-by-hand";
  }

  @Override
  public Run run(long seed) {
    Rig rig = Rig.keyed(seed, WriteBudget.unlimited());
    rig.limit(OneHotKey.THROUGHPUT);
    PlainBatches batches =
        rig.byHand(
            Events.of("e", n -> isOther(n) ? OTHERS.apply(n / OTHERS_ONE_IN) : OneHotKey.KEY, 100));
    Series others =
        rig.sampleGrowth("other keys", () -> batches.applied() - batches.written(OneHotKey.KEY));
    Series hot = rig.sampleGrowth("hot key", () -> batches.written(OneHotKey.KEY));
    Series refused = rig.sampleGrowth("refused", () -> rig.usage().throttledWriteUnits());
    rig.run(
        OneHotKey.SECONDS, seconds -> batches.offer((OneHotKey.OTHERS + OneHotKey.HOT) * seconds));

    double offered = OneHotKey.OTHERS * OneHotKey.SECONDS;
    return new Run(
        OneHotKey.TITLE + ", by hand: batches of 25 and backoff",
        List.of(
            Figure.shown(
                "other keys: written, of what was offered",
                others.sum(0, OneHotKey.SECONDS) / offered),
            Figure.shown(
                OneHotKey.HOT_WRITTEN, hot.mean(OneHotKey.SETTLING, OneHotKey.SECONDS) / 1_000),
            Figure.shown(OneHotKey.REFUSED, OneHotKey.refused(others, hot, refused))),
        Duration.ofSeconds(1),
        List.of(others, hot, refused),
        List.of());
  }

  private static boolean isOther(long number) {
    return number % OTHERS_ONE_IN == 0;
  }
}
