package dev.sluice.simulation;

import dev.sluice.testkit.simulated.client.Fate;
import dev.sluice.testkit.simulated.client.Latency;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.engine.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** How requests fare in one run. */
final class Weather {
  /** Not all replies take the same time: they overtake each other. */
  private static final Mishaps CALM =
      Mishaps.none().latency(Latency.between(Duration.ofMillis(1), Duration.ofMillis(30)));

  /** How long after its caller has given up a request lands at most. */
  static final Duration LATEST = Duration.ofSeconds(40);

  private static final List<Operation> OPERATIONS =
      List.of(
          Operation.PUT_ITEM,
          Operation.DELETE_ITEM,
          Operation.BATCH_WRITE_ITEM,
          Operation.BATCH_EXECUTE_STATEMENT,
          Operation.BATCH_GET_ITEM,
          Operation.TRANSACT_WRITE_ITEMS);

  /** What keeps a write waiting for longer than its deadline allows. */
  private static final Set<Fate> SLOW = EnumSet.of(Fate.LATE, Fate.SILENT, Fate.SILENT_APPLIED);

  private Weather() {}

  /** {@return nothing goes wrong} */
  static Mishaps calm() {
    return CALM;
  }

  /** {@return claims land late, with some probability, and nothing else goes wrong} */
  static Mishaps lateClaims(double probability) {
    return CALM.lateness(Latency.between(Duration.ofSeconds(1), LATEST))
        .chance(Fate.LATE, Operation.PUT_ITEM, probability)
        .chance(Fate.LATE, Operation.BATCH_EXECUTE_STATEMENT, probability)
        .chance(Fate.LATE, Operation.TRANSACT_WRITE_ITEMS, probability);
  }

  /**
   * Each request goes wrong with some probability, in any way.
   *
   * @param probability how often
   * @param prompt whether every request is answered at once, well or badly
   */
  static Mishaps bad(double probability, boolean prompt) {
    Mishaps mishaps = CALM;
    if (!prompt) {
      // Some replies take longer than the writer waits, and some requests land after that.
      mishaps =
          mishaps
              .latency(Latency.longTail(Duration.ofMillis(12), Duration.ofMillis(1_200)))
              .lateness(Latency.between(Duration.ofSeconds(1), LATEST));
    }
    for (Operation operation : OPERATIONS) {
      List<Fate> fates =
          Arrays.stream(Fate.values())
              .filter(fate -> fate != Fate.SERVED && fate.appliesTo(operation))
              .toList();
      for (Fate fate : fates) {
        if (!prompt || !SLOW.contains(fate)) {
          mishaps = mishaps.chance(fate, operation, probability / fates.size());
        }
      }
    }
    return mishaps;
  }
}
