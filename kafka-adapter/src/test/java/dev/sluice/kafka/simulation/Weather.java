package dev.sluice.kafka.simulation;

import dev.sluice.testkit.simulated.client.Fate;
import dev.sluice.testkit.simulated.client.Latency;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.engine.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

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

  /** What stops a consumer if it comes last before a deadline: the writer's simulation has it. */
  static final Set<Fate> STOPPING = EnumSet.of(Fate.OTHER_SERVICE, Fate.ODD_CODE, Fate.UNEXPLAINED);

  private Weather() {}

  /** {@return nothing goes wrong} */
  static Mishaps calm() {
    return CALM;
  }

  /** {@return hardly any request is taken} */
  static Mishaps throttled() {
    Mishaps mishaps = CALM;
    for (Operation operation : OPERATIONS) {
      mishaps = mishaps.chance(Fate.THROTTLED, operation, 0.95);
    }
    return mishaps;
  }

  /** {@return requests take long, and at times longer than their senders wait} */
  static Mishaps slow() {
    return CALM.latency(Latency.between(Duration.ofMillis(300), Duration.ofMillis(2_500)));
  }

  /**
   * {@return each request goes wrong with this probability, in any way in which nothing arrives
   * after its sender has given it up}
   */
  static Mishaps inOrder(double probability) {
    Mishaps mishaps =
        Mishaps.none().latency(Latency.between(Duration.ofMillis(1), Duration.ofMillis(5)));
    for (Operation operation : OPERATIONS) {
      List<Fate> fates =
          Arrays.stream(Fate.values())
              .filter(fate -> fate != Fate.SERVED && fate != Fate.LATE && !STOPPING.contains(fate))
              .filter(fate -> fate.appliesTo(operation))
              .toList();
      for (Fate fate : fates) {
        mishaps = mishaps.chance(fate, operation, probability / fates.size());
      }
    }
    return mishaps;
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
              .filter(fate -> fate != Fate.SERVED && !STOPPING.contains(fate))
              .filter(fate -> fate.appliesTo(operation))
              .toList();
      for (Fate fate : fates) {
        mishaps = mishaps.chance(fate, operation, probability / fates.size());
      }
    }
    return mishaps;
  }
}
