package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.internal.time.SteadyClock;
import dev.sluice.model.UnknownOutcomeException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private static final Instant START = Instant.parse("2026-07-01T12:00:00Z");

  private final AtomicReference<Instant> wall = new AtomicReference<>(START);
  private final LoopRig rig = new LoopRig();

  @Test
  void aClockThatIsSetBackStandsForAMomentAndGoesOn() {
    var steady = SteadyClock.guarding(wall::get);
    wall.set(START.plusSeconds(7));
    assertThat(steady.instant()).isEqualTo(START.plusSeconds(7));

    wall.set(START.minusSeconds(3_600));
    assertThat(steady.instant()).isEqualTo(START.plusSeconds(7));
    wall.set(START.minusSeconds(3_597));
    assertThat(steady.instant()).isEqualTo(START.plusSeconds(10));
    wall.set(START.minusSeconds(9_999));
    assertThat(steady.instant()).isEqualTo(START.plusSeconds(10));
    wall.set(START.minusSeconds(9_988));
    assertThat(steady.instant()).isEqualTo(START.plusSeconds(21));
  }

  @Test
  void theDefaultCountsAndLooksAtNoWallClock() {
    var nanos = new AtomicLong(Long.MAX_VALUE - 5);
    var steady = SteadyClock.counting(nanos::get, START);
    nanos.addAndGet(11);
    assertThat(steady.instant()).isEqualTo(START.plusNanos(11));
  }

  @Test
  void theMachinesOwnClockIsKnownInEveryForm() {
    assertThat(SteadyClock.isWallClock(InstantSource.system())).isTrue();
    assertThat(SteadyClock.isWallClock(Clock.systemUTC())).isTrue();
    assertThat(SteadyClock.isWallClock(Clock.system(ZoneId.of("Asia/Tokyo")))).isTrue();
    assertThat(SteadyClock.isWallClock(Clock.fixed(START, ZoneId.of("UTC")))).isFalse();
    assertThat(SteadyClock.isWallClock(rig.time.clock())).isFalse();
  }

  /** C29: set back an hour, it commits nothing for an hour. */
  @Test
  void aClockThatIsSetBackHoldsUpNoCommit() {
    rig.options.commitInterval(Duration.ofSeconds(1));
    rig.started(P0).receive(P0, 0, 1);
    rig.writer.applyAll();
    rig.clockIsOff = Duration.ofHours(-1);
    rig.turns(1).after(Duration.ofMillis(1_100));
    assertThat(rig.consumer.commits).endsWith("payments-0@2");
    assertThat(rig.health().isHealthy()).isTrue();
  }

  @Test
  void aClockThatIsSetBackHoldsUpNoRetryAndNoDispatch() {
    rig.started(P0).receive(P0, 0);
    rig.writer.fail("payments/0/0", new UnknownOutcomeException("not known", null));
    rig.turns(1);
    rig.clockIsOff = Duration.ofHours(-1);
    rig.turns(1).after(Duration.ofSeconds(1));
    assertThat(rig.writer.accepted).hasSize(2);

    rig.receive(P0, 1);
    assertThat(rig.writer.accepted).endsWith("payments/0/1");
  }

  @Test
  void aClockThatIsSetBackDoesNotLengthenAClose() {
    rig.started(P0).receive(P0, 0);
    Instant start = rig.time.now();
    rig.consumer.schedulePollTask(() -> rig.clockIsOff = Duration.ofHours(-1));
    var report = rig.close(Duration.ofSeconds(3), null);
    assertThat(report.unfinished()).containsEntry(P0, 1);
    assertThat(Duration.between(start, rig.time.now())).isLessThan(Duration.ofSeconds(4));
  }
}
