package dev.sluice.kafka.internal.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time by which durations are measured: it never goes back, and goes on whatever is done to the
 * machine's clock. It is not for dates, which it tells wrongly after such a change. Thread-safe.
 */
public final class SteadyClock implements InstantSource {
  private final InstantSource raw;
  private Instant last;

  /** How much more than the given clock it says by now. */
  private Duration ahead = Duration.ZERO;

  private SteadyClock(InstantSource raw) {
    this.raw = raw;
    this.last = raw.instant();
  }

  /**
   * A clock that counts.
   *
   * @param nanos a count of nanoseconds that never goes back, such as {@code System::nanoTime}
   * @param start the time that it begins with
   * @return a clock that needs no wall clock from now on
   */
  public static SteadyClock counting(LongSupplier nanos, Instant start) {
    long from = nanos.getAsLong();
    return new SteadyClock(() -> start.plusNanos(nanos.getAsLong() - from));
  }

  /**
   * A view of a clock that may be set back. Where it is, the view stands for a moment and then goes
   * on at the given clock's pace. A clock that is set forward cannot be told from one that tests
   * move on.
   *
   * @param given any clock
   * @return the view
   */
  public static SteadyClock guarding(InstantSource given) {
    return new SteadyClock(given);
  }

  /**
   * Whether a clock is the machine's own, which is set by people and protocols.
   *
   * @param given any clock
   * @return whether it is one of the JDK's system clocks
   */
  public static boolean isWallClock(InstantSource given) {
    return given.equals(InstantSource.system())
        || (given instanceof Clock zoned && zoned.equals(Clock.system(zoned.getZone())));
  }

  @Override
  public synchronized Instant instant() {
    Instant now = raw.instant().plus(ahead);
    if (now.isBefore(last)) {
      ahead = ahead.plus(Duration.between(now, last));
      now = last;
    }
    last = now;
    return now;
  }
}
