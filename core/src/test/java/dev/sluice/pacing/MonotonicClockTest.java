package dev.sluice.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Durations go by a clock that never runs back, whatever is done to the one that it follows. */
class MonotonicClockTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void aClockThatIsSetBackGoesOnCounting() {
    AtomicReference<Instant> wall = new AtomicReference<>(START);
    InstantSource steady = MonotonicClock.following(wall::get);
    wall.set(START.plusSeconds(7));
    assertThat(steady.instant()).isEqualTo(START.plusSeconds(7));
    wall.set(START.minus(Duration.ofHours(1)));
    assertThat(steady.instant()).isEqualTo(START.plusSeconds(7));
    wall.set(wall.get().plusSeconds(3));
    assertThat(steady.instant()).isEqualTo(START.plusSeconds(10));
  }

  @Test
  void theSystemsClockIsNotFollowed() {
    assertThat(MonotonicClock.following(InstantSource.system())).isInstanceOf(MonotonicClock.class);
    assertThat(MonotonicClock.following(Clock.systemUTC())).isInstanceOf(MonotonicClock.class);
    MonotonicClock monotonic = new MonotonicClock();
    assertThat(MonotonicClock.following(monotonic)).isSameAs(monotonic);
  }
}
