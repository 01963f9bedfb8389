package dev.sluice.testkit.simulated.engine;

import java.time.Duration;

/**
 * How often an eventually consistent read sees an item as it was before one of its latest changes.
 *
 * @param chance the probability, from 0 to 1, while the change is young enough
 * @param most how old the change may be; the service mostly needs less than a second
 */
public record StaleReads(double chance, Duration most) {

  /** Never. */
  public static final StaleReads NONE = new StaleReads(0, Duration.ZERO);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the chance is no probability or the duration is negative
   */
  public StaleReads {
    if (!(chance >= 0 && chance <= 1) || most.isNegative()) {
      throw new IllegalArgumentException(
          "chance must be from 0 to 1 and most not negative, but are " + chance + " and " + most);
    }
  }

  long mostNanos() {
    return most.toNanos();
  }
}
