package dev.sluice;

import dev.sluice.pacing.Backoff;
import dev.sluice.request.StartTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/** Waits on the thread that builds a writer, until its start has taken too long. */
final class StartDeadline implements StartTime {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(25), Duration.ofSeconds(2));

  private final Duration whole;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Instant end;

  StartDeadline(Duration whole, InstantSource clock, RandomGenerator random) {
    this.whole = whole;
    this.clock = clock;
    this.random = random;
    this.end = clock.instant().plus(whole);
  }

  @Override
  public Duration whole() {
    return whole;
  }

  @Override
  public Duration left() {
    return Duration.between(clock.instant(), end);
  }

  @Override
  public <R> R await(CompletableFuture<R> answer, Duration most)
      throws ExecutionException, TimeoutException, InterruptedException {
    return answer.get(Math.max(0, most.toNanos()), TimeUnit.NANOSECONDS);
  }

  @Override
  public void pause(int failures) throws InterruptedException {
    long nanos = Math.min(BACKOFF.delayNanos(failures, random), left().toNanos());
    try {
      var unused = new CompletableFuture<Void>().get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // So long was to be waited.
    } catch (ExecutionException e) {
      throw new IllegalStateException("Nobody completes what is only waited for.", e);
    }
  }
}
