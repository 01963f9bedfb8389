package dev.sluice.simulation;

import dev.sluice.testkit.seeds.FaultCounts;
import dev.sluice.testkit.simulated.client.MeddlingProxy.Meddling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What befalls the time in one run: clocks that are set, answers with a wrong {@code Date}, items
 * that have expired and still stand. Drawn from randomness of its own: what is drawn beside it
 * stays what it was. Clocks and answers are not wrong together: one of the two must be right. Items
 * have expired by both.
 */
final class Clocks {
  private static final double MEDDLED = 0.05;
  private static final List<Duration> OFF =
      List.of(
          Duration.ofHours(1),
          Duration.ofHours(-1),
          Duration.ofDays(30),
          Duration.ofDays(-30),
          Duration.ZERO);

  /** What goes wrong. */
  private enum Kind {
    NONE,
    SET,
    DATES
  }

  private final RandomGenerator random;
  private final Scenario scenario;
  private final FaultCounts counts;
  private final Kind kind;
  private final boolean expiredItems;

  private Clocks(
      RandomGenerator random,
      Scenario scenario,
      FaultCounts counts,
      Kind kind,
      boolean expiredItems) {
    this.random = random;
    this.scenario = scenario;
    this.counts = counts;
    this.kind = kind;
    this.expiredItems = expiredItems;
  }

  static Clocks draw(RandomGenerator random, Scenario scenario, FaultCounts counts) {
    Kind kind =
        switch (random.nextInt(6)) {
          case 0 -> Kind.SET;
          case 1 -> scenario.hasFaultyRequests() ? Kind.DATES : Kind.NONE;
          default -> Kind.NONE;
        };
    return new Clocks(random, scenario, counts, kind, kind == Kind.NONE && random.nextInt(4) == 0);
  }

  /** Whether somebody may set a clock: a request that is under way then may be given up for it. */
  boolean mayBeSet() {
    return kind == Kind.SET;
  }

  boolean hasExpiredItems() {
    return expiredItems;
  }

  /** Sets the clock of one that knows the service's time, perhaps. */
  void set(List<SimulatedService> alive) {
    SimulatedService victim = kind == Kind.SET ? alive.get(random.nextInt(alive.size())) : null;
    if (victim != null && victim.hasHeard()) {
      counts.add(Fault.CLOCK_SET);
      victim.setClock(draw());
    }
  }

  /** What is done to the next request of a process. */
  @Nullable Meddling meddling() {
    if (kind != Kind.DATES || random.nextDouble() >= MEDDLED) {
      return null;
    }
    boolean answersItself = random.nextBoolean();
    counts.add(answersItself ? Fault.PROXY_ANSWERED : Fault.DATE_WRONG);
    return new Meddling(draw(), answersItself);
  }

  private Duration draw() {
    return OFF.get(random.nextInt(OFF.size()));
  }

  /** Items at keys that events write to, which have expired and still stand. */
  List<Map<String, AttributeValue>> expiredItems(Instant now) {
    List<Map<String, AttributeValue>> items = new ArrayList<>();
    for (Event event : expiredItems ? scenario.events() : List.<Event>of()) {
      if (event.hasOwnItem() && event.shape() != Event.Shape.CREATE_CROWDED) {
        items.add(expired(Event.key("own-" + event.id() + "-0", 1), now));
      }
      if (event.changesEntity()) {
        Map<String, AttributeValue> entity = expired(Event.key(event.entityKey(), 0), now);
        entity.put("version", AttributeValue.fromN("1000"));
        items.add(entity);
      }
    }
    items.forEach(item -> counts.add(Fault.EXPIRED_ITEM));
    return items;
  }

  private Map<String, AttributeValue> expired(Map<String, AttributeValue> item, Instant now) {
    long until = now.minusSeconds(100 + random.nextInt(1_000_000)).getEpochSecond();
    item.put(SimulatedTables.UNTIL, AttributeValue.fromN(Long.toString(until)));
    return item;
  }
}
