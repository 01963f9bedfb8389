package dev.sluice.kafka.internal.time;

import java.time.InstantSource;

/**
 * Tells the time in both of its senses.
 *
 * @param steady measures durations; it never goes back
 * @param dates tells dates, for people and for other machines; it may be set
 */
public record Clocks(InstantSource steady, InstantSource dates) {
  /**
   * Makes both of one.
   *
   * @param dates tells dates; if it is one of the JDK's system clocks, durations are measured by
   *     {@link System#nanoTime} instead, else by it
   * @return the clocks
   */
  public static Clocks of(InstantSource dates) {
    return new Clocks(
        SteadyClock.isWallClock(dates)
            ? SteadyClock.counting(System::nanoTime, dates.instant())
            : SteadyClock.guarding(dates),
        dates);
  }
}
