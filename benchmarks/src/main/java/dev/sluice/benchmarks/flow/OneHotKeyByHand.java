package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import java.time.Duration;
import java.util.List;

/**
 * The load of {@link OneHotKey} by batches written by hand: what the hot key does to the others.
 */
final class OneHotKeyByHand implements Scenario {

  @Override
  public String name() {
    return "one-hot-key-by-hand";
  }

  @Override
  public Run run(long seed) {
    Rig rig = Rig.keyed(seed, WriteBudget.unlimited());
    rig.limit(OneHotKey.THROUGHPUT);
    PlainBatches batches = rig.byHand();
    Feed others = batches.stream(OneHotKey.others());
    Feed hot = batches.stream(OneHotKey.hot());
    Series othersWritten = rig.sampleGrowth("other keys", others::applied);
    Series hotWritten = rig.sampleGrowth("hot key", hot::applied);
    Series refused = rig.sampleGrowth("refused", () -> rig.usage().throttledWriteUnits());
    rig.run(
        OneHotKey.SECONDS,
        seconds -> {
          others.offer(OneHotKey.OTHERS * seconds);
          hot.offer(OneHotKey.HOT * seconds);
        });

    return new Run(
        OneHotKey.TITLE + ", by hand: batches of 25 and backoff",
        List.of(
            Figure.shown(
                "other keys: written, of what was offered",
                (double) others.applied() / others.offered()),
            Figure.shown(
                OneHotKey.HOT_WRITTEN,
                hotWritten.mean(OneHotKey.SETTLING, OneHotKey.SECONDS) / 1_000),
            Figure.shown(OneHotKey.REFUSED, OneHotKey.refused(othersWritten, hotWritten, refused)),
            Figure.shown(OneHotKey.BEHIND, takenBehind(seed))),
        Duration.ofSeconds(1),
        List.of(othersWritten, hotWritten, refused),
        List.of());
  }

  private static double takenBehind(long seed) {
    Rig rig = Rig.keyed(seed, WriteBudget.unlimited());
    return OneHotKey.takenBehind(rig, rig.byHand().stream(OneHotKey.mixed()));
  }
}
