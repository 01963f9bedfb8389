package dev.sluice.testkit.time;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // what a task throws fails the call that runs it
class VirtualTimeTest {

  private final VirtualTime time = VirtualTime.seeded(7);
  private final List<String> ran = new ArrayList<>();

  @Test
  void nothingRunsUntilTimeIsMoved() {
    time.scheduler().execute(() -> ran.add("task"));

    assertThat(ran).isEmpty();
    time.runUntilIdle();
    assertThat(ran).containsExactly("task");
  }

  @Test
  void timersRunAtTheirInstant() {
    var scheduler = time.scheduler();
    for (int delay : new int[] {30, 10, 20}) {
      scheduler.schedule(() -> ran.add(time.now().toString()), delay, MILLISECONDS);
    }

    time.advance(Duration.ofMillis(25));

    assertThat(ran).containsExactly("2026-01-01T00:00:00.010Z", "2026-01-01T00:00:00.020Z");
    assertThat(time.now()).isEqualTo(Instant.parse("2026-01-01T00:00:00.025Z"));
    assertThat(time.clock().instant()).isEqualTo(time.now());
    assertThat(time.nanoTime()).isEqualTo(25_000_000);
  }

  @Test
  void timeStartsWhereTheTestSays() {
    assertThat(VirtualTime.seeded(1, Instant.EPOCH).now()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void idleLeavesTimersWaiting() {
    time.scheduler().schedule(() -> ran.add("timer"), 1, MILLISECONDS);

    time.runUntilIdle();

    assertThat(ran).isEmpty();
    assertThat(time.now()).isEqualTo(VirtualTime.DEFAULT_START);
  }

  @Test
  void sameSeedIsTheSameInterleavingAndOtherSeedsAreOthers() {
    assertThat(interleaving(11)).isEqualTo(interleaving(11));
    assertThat(LongStream.range(0, 300).mapToObj(VirtualTimeTest::interleaving))
        .hasSize(300)
        .satisfies(all -> assertThat(new HashSet<>(all)).hasSize(6));
  }

  private static List<Integer> interleaving(long seed) {
    var time = VirtualTime.seeded(seed);
    var order = new ArrayList<Integer>();
    var scheduler = time.scheduler();
    IntStream.range(0, 3).forEach(i -> scheduler.execute(() -> order.add(i)));
    time.runUntilIdle();
    return order;
  }

  @Test
  void serialExecutorKeepsItsOrderAmongOthers() {
    Set<List<String>> seen = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      var time = VirtualTime.seeded(seed);
      var order = new ArrayList<String>();
      var first = time.serialExecutor();
      var second = time.serialExecutor();
      IntStream.range(0, 5).forEach(i -> first.execute(() -> order.add("a" + i)));
      IntStream.range(0, 5).forEach(i -> second.execute(() -> order.add("b" + i)));
      time.runUntilIdle();
      assertThat(order).containsSubsequence("a0", "a1", "a2", "a3", "a4");
      assertThat(order).containsSubsequence("b0", "b1", "b2", "b3", "b4");
      seen.add(order);
    }
    assertThat(seen).hasSizeGreaterThan(50);
  }

  @Test
  void serialExecutorGoesOnAfterAFailure() {
    var executor = time.serialExecutor();
    executor.execute(
        () -> {
          throw new IllegalStateException("first");
        });
    executor.execute(() -> ran.add("second"));

    assertThatThrownBy(time::runUntilIdle).hasMessageContaining("first");
    assertThat(ran).containsExactly("second");
  }

  @Test
  void randomGeneratorsRepeatWithTheSeedAndDiffer() {
    var again = VirtualTime.seeded(7);
    assertThat(time.random().nextLong()).isEqualTo(again.random().nextLong());
    assertThat(time.random().nextLong()).isNotEqualTo(time.random().nextLong());
  }

  @Test
  void runUntilStopsAsSoonAsTheConditionHolds() {
    time.scheduler().scheduleAtFixedRate(() -> ran.add("tick"), 1, 1, SECONDS);

    time.runUntil(() -> ran.size() == 5, Duration.ofMinutes(1));

    assertThat(ran).hasSize(5);
    assertThat(time.nanoTime()).isEqualTo(SECONDS.toNanos(5));
  }

  @Test
  void runUntilNamesTheSeedWhenTheLimitPasses() {
    time.scheduler().scheduleAtFixedRate(() -> ran.add("tick"), 1, 1, SECONDS);

    assertThatThrownBy(() -> time.runUntil(() -> false, Duration.ofSeconds(3)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("did not hold within PT3S")
        .hasMessageContaining("seed 7");
    assertThat(ran).hasSize(3);
  }

  @Test
  void everyExceptionOfATaskReachesTheTest() {
    var scheduler = time.scheduler();
    var future =
        scheduler.submit(
            () -> {
              throw new IllegalStateException("submitted");
            });
    scheduler.execute(
        () -> {
          throw new IllegalStateException("executed");
        });

    var failure = catchThrowable(time::runUntilIdle);

    assertThat(failure).isInstanceOf(AssertionError.class).hasMessageContaining("seed 7");
    assertThat(List.of(failure.getCause(), failure.getSuppressed()[0]))
        .extracting(Throwable::getMessage)
        .containsExactlyInAnyOrder("submitted", "executed");
    assertThatThrownBy(future::get).hasRootCauseMessage("submitted");
    time.runUntilIdle();
  }

  @Test
  void aTaskThatThrowsIsNotRepeated() {
    time.scheduler()
        .scheduleWithFixedDelay(
            () -> {
              ran.add("tick");
              throw new IllegalStateException("tick");
            },
            1,
            1,
            SECONDS);

    assertThatThrownBy(() -> time.advance(Duration.ofSeconds(5))).hasMessageContaining("tick");
    assertThat(ran).hasSize(1);
  }

  @Test
  void aCancelledTimerNeverRunsAndTimeDoesNotStopAtIt() {
    var timer = time.scheduler().schedule(() -> ran.add("timer"), 1, SECONDS);

    assertThat(timer.cancel(false)).isTrue();
    time.advance(Duration.ofSeconds(2));

    assertThat(ran).isEmpty();
    assertThat(timer.isCancelled()).isTrue();
    assertThatThrownBy(timer::get).isInstanceOf(CancellationException.class);
    assertThat(time.toString()).contains("0 waiting");
  }

  @Test
  void aDueTaskCanBeCancelledByAnother() {
    var scheduler = time.scheduler();
    var tasks = new ArrayList<Future<?>>();
    for (int i = 0; i < 7; i++) {
      tasks.add(
          scheduler.submit(
              () -> {
                ran.add("one");
                tasks.forEach(task -> task.cancel(false));
              }));
    }

    time.runUntilIdle();

    assertThat(ran).hasSize(1);
  }

  @Test
  void aPeriodicTaskCanCancelItself() {
    var holder = new ArrayList<Future<?>>();
    holder.add(
        time.scheduler()
            .scheduleAtFixedRate(
                () -> {
                  ran.add("tick");
                  if (ran.size() == 3) {
                    holder.get(0).cancel(false);
                  }
                },
                0,
                1,
                SECONDS));

    time.advance(Duration.ofSeconds(7));

    assertThat(ran).hasSize(3);
  }

  @Test
  void shutdownRunsDelayedTasksDropsPeriodicOnesAndRefusesNewOnes() throws Exception {
    var scheduler = time.scheduler();
    scheduler.schedule(() -> ran.add("delayed"), 1, SECONDS);
    scheduler.scheduleAtFixedRate(() -> ran.add("periodic"), 1, 1, SECONDS);

    scheduler.shutdown();

    assertThat(scheduler.isTerminated()).isFalse();
    assertThatThrownBy(() -> scheduler.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(scheduler.awaitTermination(1, SECONDS)).isTrue();
    assertThat(ran).containsExactly("delayed");
    assertThat(time.nanoTime()).isEqualTo(SECONDS.toNanos(1));
  }

  @Test
  void shutdownNowReturnsWhatDidNotRun() {
    var scheduler = time.scheduler();
    scheduler.execute(() -> ran.add("due"));
    scheduler.schedule(() -> ran.add("delayed"), 1, SECONDS);

    assertThat(scheduler.shutdownNow()).hasSize(2);

    assertThat(scheduler.isTerminated()).isTrue();
    time.advance(Duration.ofSeconds(2));
    assertThat(ran).isEmpty();
  }

  @Test
  void oneExecutorsShutdownLeavesTheOthers() {
    time.scheduler().shutdownNow();
    time.scheduler().execute(() -> ran.add("other"));
    time.runUntilIdle();
    assertThat(ran).hasSize(1);
  }

  @Test
  void aTaskCannotMoveTimeOrWaitForAnother() {
    var scheduler = time.scheduler();
    var later = scheduler.schedule(() -> ran.add("later"), 1, SECONDS);
    scheduler.execute(() -> time.advance(Duration.ofSeconds(1)));
    assertThatThrownBy(time::runUntilIdle).hasMessageContaining("a task cannot move virtual time");

    scheduler.submit(() -> later.get());
    assertThatThrownBy(time::runUntilIdle).hasMessageContaining("would wait for ever");
  }

  @Test
  void tasksThatSubmitEachOtherForEverAreFound() {
    var scheduler = time.scheduler();
    scheduler.execute(
        new Runnable() {
          @Override
          public void run() {
            scheduler.execute(this);
          }
        });
    assertThatThrownBy(time::runUntilIdle).hasMessageContaining("keep submitting each other");
  }

  @Test
  void aPausedExecutorRunsAtTheEndOfThePauseWhatBecameDueMeanwhile() {
    ScheduledExecutorService paused = time.scheduler();
    ScheduledExecutorService other = time.scheduler();
    paused.schedule(() -> ran.add("timer at " + time.nanoTime()), 10, NANOSECONDS);
    paused.schedule(() -> ran.add("later at " + time.nanoTime()), 70, NANOSECONDS);
    time.pause(paused, Duration.ofNanos(50));
    paused.execute(() -> ran.add("task at " + time.nanoTime()));
    other.execute(() -> ran.add("other at " + time.nanoTime()));
    time.advance(Duration.ofNanos(100));

    assertThat(ran.get(0)).isEqualTo("other at 0");
    assertThat(ran.subList(1, 3)).containsExactlyInAnyOrder("timer at 50", "task at 50");
    assertThat(ran.get(3)).isEqualTo("later at 70");
  }

  @Test
  void onlyItsOwnExecutorsCanBePaused() {
    ScheduledExecutorService foreign = Executors.newSingleThreadScheduledExecutor();
    try {
      assertThatThrownBy(() -> time.pause(foreign, Duration.ofSeconds(1)))
          .isInstanceOf(IllegalArgumentException.class);
    } finally {
      foreign.shutdownNow();
    }
  }
}
