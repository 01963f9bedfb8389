package dev.sluice.kafka.simulation;

import dev.sluice.testkit.simulated.client.Fate;
import dev.sluice.testkit.simulated.client.Latency;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.engine.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** How requests to the tables fare. */
final class Weather {
  private static final Mishaps CALM =
      Mishaps.none().latency(Latency.between(Duration.ofMillis(1), Duration.ofMillis(30)));

  private static final List<Operation> OPERATIONS =
      List.of(
          Operation.PUT_ITEM,
          Operation.DELETE_ITEM,
          Operation.BATCH_WRITE_ITEM,
          Operation.BATCH_EXECUTE_STATEMENT,
          Operation.BATCH_GET_ITEM,
          Operation.TRANSACT_WRITE_ITEMS);

  private Weather() {}

  /** {@return nothing goes wrong} */
  static Mishaps calm() {
    return CALM;
  }

  /** {@return each request goes wrong with this probability, in any way, and some take long} */
  static Mishaps bad(double probability) {
    if (probability == 0) {
      return CALM;
    }
    Mishaps mishaps =
        CALM.latency(Latency.longTail(Duration.ofMillis(12), Duration.ofMillis(1_200)))
            .lateness(Latency.between(Duration.ofSeconds(1), Duration.ofSeconds(30)));
    for (Operation operation : OPERATIONS) {
      List<Fate> fates =
          Arrays.stream(Fate.values())
              .filter(fate -> fate != Fate.SERVED && fate.appliesTo(operation))
              .toList();
      for (Fate fate : fates) {
        mishaps = mishaps.chance(fate, operation, probability / fates.size());
      }
    }
    return mishaps;
  }
}
