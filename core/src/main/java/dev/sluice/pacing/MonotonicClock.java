package dev.sluice.pacing;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The wall-clock time of its creation, carried on by {@link System#nanoTime}: it never runs
 * backwards, whatever is done to the system's clock. Safe for use by several threads.
 */
public final class MonotonicClock implements InstantSource {
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();

  /** Starts a clock at the wall-clock time. */
  public MonotonicClock() {}

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }

  /**
   * A clock for durations that goes as another one goes, and never back: when the other is set
   * back, this one stays where it is and goes on from there. The system's own clock is replaced by
   * a monotonic one. Safe for use by several threads.
   *
   * @param source the clock to follow
   * @return a clock that never runs backwards
   */
  public static InstantSource following(InstantSource source) {
    requireNonNull(source, "source");
    boolean isOfTheSystem =
        source.getClass() == InstantSource.system().getClass()
            || source.getClass() == Clock.systemUTC().getClass();
    boolean isMonotonic = source instanceof MonotonicClock || source instanceof Following;
    if (isMonotonic) {
      return source;
    }
    return isOfTheSystem ? new MonotonicClock() : new Following(source);
  }

  private static final class Following implements InstantSource {
    private final InstantSource source;
    private Instant last;
    private Instant now;

    Following(InstantSource source) {
      this.source = source;
      this.last = source.instant();
      this.now = last;
    }

    @Override
    public synchronized Instant instant() {
      Instant read = source.instant();
      if (read.isAfter(last)) {
        now = now.plus(Duration.between(last, read));
      }
      last = read;
      return now;
    }
  }
}
