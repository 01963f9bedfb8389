package dev.sluice.testkit.simulated.client;

import static java.util.Objects.requireNonNull;

import dev.sluice.testkit.simulated.engine.Operation;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * How likely each fate is, and how long things take. Immutable; each method gives a changed copy.
 *
 * <p>{@link #none()} serves every request after one to ten milliseconds. A request lands after half
 * of its latency.
 */
public final class Mishaps {

  private static final Mishaps NONE =
      new Mishaps(
          Map.of(),
          Latency.between(Duration.ofMillis(1), Duration.ofMillis(10)),
          Latency.between(Duration.ofMillis(1), Duration.ofSeconds(10)),
          Duration.ofSeconds(1),
          0.5);

  private final Map<Operation, Map<Fate, Double>> chances;
  private final Latency latency;
  private final Latency lateness;
  private final Duration timeout;
  private final double landingAfterCrash;

  private Mishaps(
      Map<Operation, Map<Fate, Double>> chances,
      Latency latency,
      Latency lateness,
      Duration timeout,
      double landingAfterCrash) {
    this.chances = chances;
    this.latency = latency;
    this.lateness = lateness;
    this.timeout = timeout;
    this.landingAfterCrash = landingAfterCrash;
  }

  /** {@return every request is served} */
  public static Mishaps none() {
    return NONE;
  }

  /**
   * A fate for all operations on items for which it makes sense.
   *
   * @throws IllegalArgumentException if the chance is not from 0 to 1, the fate cannot be drawn, or
   *     the chances for an operation exceed 1
   */
  public Mishaps chance(Fate fate, double chance) {
    var changed = this;
    for (var operation : Operation.values()) {
      if (fate.appliesTo(operation)) {
        changed = changed.chance(fate, operation, chance);
      }
    }
    if (changed == this) {
      throw new IllegalArgumentException(fate + " is never drawn");
    }
    return changed;
  }

  /**
   * A fate for one operation.
   *
   * @throws IllegalArgumentException if the chance is not from 0 to 1, the fate makes no sense for
   *     the operation, or the chances for it exceed 1
   */
  public Mishaps chance(Fate fate, Operation operation, double chance) {
    if (!(chance >= 0 && chance <= 1) || !fate.appliesTo(operation) || fate == Fate.SERVED) {
      throw new IllegalArgumentException(fate + " of " + operation + " with " + chance);
    }
    Map<Operation, Map<Fate, Double>> changed = new EnumMap<>(Operation.class);
    changed.putAll(chances);
    Map<Fate, Double> row = new EnumMap<>(Fate.class);
    row.putAll(changed.getOrDefault(operation, Map.of()));
    row.put(fate, chance);
    double sum = row.values().stream().mapToDouble(Double::doubleValue).sum();
    if (sum > 1 + 1e-9) {
      throw new IllegalArgumentException("the chances of " + operation + " add up to " + sum);
    }
    changed.put(operation, row);
    return new Mishaps(changed, latency, lateness, timeout, landingAfterCrash);
  }

  /** {@return with another time from a request to its reply; 1 to 10 ms by default} */
  public Mishaps latency(Latency changed) {
    return new Mishaps(
        chances, requireNonNull(changed, "changed"), lateness, timeout, landingAfterCrash);
  }

  /**
   * With another time from the caller's timeout to the landing of a request that is {@link
   * Fate#LATE}; 1 ms to 10 s by default.
   */
  public Mishaps lateness(Latency changed) {
    return new Mishaps(
        chances, latency, requireNonNull(changed, "changed"), timeout, landingAfterCrash);
  }

  /**
   * With another timeout after which the caller of a {@link Fate#LATE} request gives up, where the
   * request has no {@code apiCallTimeout} of its own; 1 s by default.
   */
  public Mishaps timeout(Duration changed) {
    return new Mishaps(
        chances, latency, lateness, requireNonNull(changed, "changed"), landingAfterCrash);
  }

  /**
   * With another chance that a request lands that was on its way when its sender died; 0.5 by
   * default.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public Mishaps landingAfterCrash(double chance) {
    if (!(chance >= 0 && chance <= 1)) {
      throw new IllegalArgumentException("not a chance: " + chance);
    }
    return new Mishaps(chances, latency, lateness, timeout, chance);
  }

  Fate draw(Operation operation, RandomGenerator random) {
    var row = chances.get(operation);
    if (row == null) {
      return Fate.SERVED;
    }
    double drawn = random.nextDouble();
    for (var each : row.entrySet()) {
      drawn -= each.getValue();
      if (drawn < 0) {
        return each.getKey();
      }
    }
    return Fate.SERVED;
  }

  long latency(RandomGenerator random) {
    return latency.draw(random);
  }

  long lateness(RandomGenerator random) {
    return lateness.draw(random);
  }

  Duration timeout() {
    return timeout;
  }

  boolean landsAfterCrash(RandomGenerator random) {
    return random.nextDouble() < landingAfterCrash;
  }
}
