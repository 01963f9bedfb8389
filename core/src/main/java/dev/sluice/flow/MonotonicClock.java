package dev.sluice.flow;

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
}
