package dev.sluice.batch;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * When a batch is sent: as soon as one of the three is reached.
 *
 * @param maxItems elements in a batch, at least 1
 * @param maxBytes bytes in a batch, at least 1; an element larger than this goes alone
 * @param linger how long the first element waits for others; zero sends at once
 */
public record BatchTriggers(int maxItems, long maxBytes, Duration linger) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public BatchTriggers {
    requireNonNull(linger, "linger");
    if (maxItems < 1) {
      throw new IllegalArgumentException("maxItems is at least 1; got " + maxItems + '.');
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes is at least 1; got " + maxBytes + '.');
    }
    if (linger.isNegative()) {
      throw new IllegalArgumentException("linger is not negative; got " + linger + '.');
    }
  }
}
