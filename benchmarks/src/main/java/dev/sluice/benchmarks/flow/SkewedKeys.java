package dev.sluice.benchmarks.flow;

import dev.sluice.flow.WriteBudget;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * Many keys on as many partitions, a few of them with much of the traffic: the load that brought a
 * pipeline down, with and without sharding.
 */
final class SkewedKeys implements Scenario {
  static final String LOAD = "50,000 writes of 4 KB a second on 1,200 keys, 30 % of them on 36";
  static final double OFFERED = 50_000;
  static final int UNITS = 4;
  static final int KEYS = 1_200;
  private static final int HOT_KEYS = 36;
  private static final double HOT_SHARE = 0.3;
  static final int ITEM_BYTES = 4_000;
  private static final int LEDGER_PARTITIONS = 200;

  private final KeySharder sharder;
  private final int seconds;

  /**
   * Creates the scenario.
   *
   * @param sharder how the keys are spread
   * @param seconds for how long
   */
  SkewedKeys(KeySharder sharder, int seconds) {
    this.sharder = sharder;
    this.seconds = seconds;
  }

  @Override
  public String name() {
    return sharder.isNone() ? "skewed-keys" : "skewed-keys-sharded";
  }

  @Override
  public Run run(long seed) {
    Rig rig = Rig.ledger(seed, sharder, WriteBudget.adaptive());
    Duration used = Duration.ofSeconds(1);
    rig.limit(Throughput.onDemand(KEYS).withBurst(used));
    rig.service.limit(
        Rig.LEDGER, Throughput.onDemand(LEDGER_PARTITIONS).withBurst(used), rig.time.now());
    Source source = rig.source(new Source("s", rig.writer, Events.of("e", keys(seed), ITEM_BYTES)));
    Series offered = rig.sampleGrowth("offered", () -> UNITS * (double) source.offered());
    Series written = rig.sampleGrowth("written", () -> rig.usage().writeUnits());
    Series refused = rig.sampleGrowth("refused", () -> rig.usage().throttledWriteUnits());
    Series hot = rig.sample("hot keys", () -> rig.writer.hotKeys().size());
    rig.run(seconds, length -> source.offer(OFFERED * length));

    double good = rig.usage().writeUnits();
    double bad = rig.usage().throttledWriteUnits();
    double share = bad / (good + bad);
    double done = (double) source.applied() / source.offered();
    boolean sharded = !sharder.isNone();
    return new Run(
        LOAD + (sharded ? ", Sluice with the keys sharded 16 ways" : ", Sluice, not sharded"),
        List.of(
            sharded
                ? Figure.atMost(0.005, "refused, of all units", share)
                : Figure.shown("refused, of all units", share),
            sharded
                ? Figure.atLeast(0.98, "written, of what was offered", done)
                : Figure.shown("written, of what was offered", done),
            Figure.shown("refused in the worst second, of all units", worst(written, refused)),
            Figure.shown("hot keys at the end", rig.writer.hotKeys().size())),
        Duration.ofSeconds(1),
        List.of(offered, written, refused),
        List.of(hot));
  }

  static double worst(Series written, Series refused) {
    double worst = 0;
    for (int i = 0; i < written.values().size(); i++) {
      double bad = refused.values().get(i);
      worst = Math.max(worst, bad / Math.max(1, bad + written.values().get(i)));
    }
    return worst;
  }

  static LongFunction<String> keys(long seed) {
    return number -> {
      // Of the number alone, so that an event that is offered again has the same key.
      SplittableRandom random = new SplittableRandom(seed * 31 + number);
      boolean hot = random.nextDouble() < HOT_SHARE;
      return "key-" + (hot ? random.nextInt(HOT_KEYS) : HOT_KEYS + random.nextInt(KEYS - HOT_KEYS));
    };
  }
}
