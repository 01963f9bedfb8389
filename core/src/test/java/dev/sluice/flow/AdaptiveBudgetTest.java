package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What a budget that adapts promises, and whoever shares one; by a clock that the test sets. */
class AdaptiveBudgetTest {
  private static final long MILLIS = 1_000_000;
  private static final long SECONDS = 1_000 * MILLIS;

  private long now;
  private final InstantSource clock = () -> Instant.EPOCH.plusNanos(now);

  private WriteBudget fixed(double units) {
    return WriteBudget.unitsPerSecond(units).withClock(clock);
  }

  private WriteBudget adaptive(double least, double most) {
    return WriteBudget.between(least, most).withClock(clock);
  }

  private static WriteBudget.Reservation granted(WriteBudget budget, double units) {
    return budget.reserve(units).orElseThrow();
  }

  /** Waits for its turn and reserves. */
  private WriteBudget.Reservation next(WriteBudget budget, double units) {
    Optional<WriteBudget.Reservation> reserved = budget.reserve(units);
    for (int asked = 0; reserved.isEmpty() && asked < 101; asked++) {
      now += budget.nanosUntilReady();
      reserved = budget.reserve(units);
    }
    return reserved.orElseThrow();
  }

  /** Sends requests of so many units for a while, all of which are answered at once. */
  private void throttle(WriteBudget budget, double units, double share, long nanos) {
    long end = now + nanos;
    while (now < end) {
      next(budget, units).settle(units * (1 - share), units * share);
      now += MILLIS;
    }
  }

  @Test
  void aBudgetThatNobodyRunsIntoDoesNotRise() {
    WriteBudget budget = adaptive(7, 1_009);
    throttle(budget, 13, 1, 20 * SECONDS);
    double cut = budget.unitsPerSecond();
    for (int i = 0; i < 101; i++) {
      now += 3 * SECONDS;
      granted(budget, 1).settle(1, 0);
    }

    assertThat(budget.unitsPerSecond()).isEqualTo(cut);
  }

  @Test
  void whatWasReservedForMuchAndTookLittleIsNotSavedUp() {
    WriteBudget budget = fixed(101);
    WriteBudget.Reservation one = granted(budget, 1_009);
    now += 10 * SECONDS;
    one.settle(1, 0);
    granted(budget, 7);

    assertThat(budget.reserve(7)).isEmpty();
  }

  /** B17: what was sent before a cut says nothing of the rate after it. */
  @Test
  void answersToWhatWasSentBeforeACutDoNotCount() {
    WriteBudget budget = adaptive(1, 1_000);
    List<WriteBudget.Reservation> late = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      WriteBudget.Reservation one = next(budget, 25);
      if (i % 2 == 0) {
        one.settle(0, 25);
      } else {
        late.add(one);
      }
    }
    now += 500 * MILLIS;
    double cut = budget.unitsPerSecond();
    assertThat(cut).isLessThan(500);

    now += MILLIS;
    late.forEach(one -> one.settle(0, 25));
    now += 600 * MILLIS;
    assertThat(budget.unitsPerSecond()).isEqualTo(cut);
  }

  @Test
  void fewThrottlesAreTolerated() {
    WriteBudget budget = adaptive(1, 10_000);
    for (int i = 0; now < 30 * SECONDS; i++) {
      WriteBudget.Reservation one = next(budget, 20);
      boolean throttled = i % 251 == 250;
      one.settle(throttled ? 0 : 20, throttled ? 20 : 0);
    }

    assertThat(budget.unitsPerSecond()).isEqualTo(10_000);
  }

  @Test
  void aBudgetThatIsSmallIsCutAllTheSame() {
    WriteBudget budget = adaptive(1, 7);
    long end = now + 60 * SECONDS;
    while (now < end) {
      next(budget, 1).settle(0.5, 0.5);
    }

    assertThat(budget.unitsPerSecond()).isLessThan(4);
  }

  @Test
  void twiceTheCapacityIsFoundWithinHalfAMinute() {
    WriteBudget budget = adaptive(1, 100_000);
    Service service = new Service(1_000);
    service.load(budget, 30 * SECONDS);
    assertThat(budget.unitsPerSecond()).isBetween(900.0, 1_100.0);

    service.capacity = 2_000;
    service.load(budget, 30 * SECONDS);
    assertThat(budget.unitsPerSecond()).isBetween(1_800.0, 2_300.0);
  }

  /** Takes so many units in each tenth of a second. */
  private final class Service {
    private double capacity;
    private long tenth;
    private double taken;

    Service(double capacity) {
      this.capacity = capacity;
    }

    void load(WriteBudget budget, long nanos) {
      long end = now + nanos;
      while (now < end) {
        WriteBudget.Reservation one = next(budget, 10);
        if (now / (100 * MILLIS) != tenth) {
          tenth = now / (100 * MILLIS);
          taken = 0;
        }
        boolean throttled = taken + 10 > capacity / 10;
        taken += throttled ? 0 : 10;
        one.settle(throttled ? 0 : 10, throttled ? 10 : 0);
        now += MILLIS / 10;
      }
    }
  }

  @Test
  void aBudgetByAnotherClockIsUnspentAndItsOwn() {
    WriteBudget spent = fixed(10);
    granted(spent, 1_000);
    WriteBudget other = spent.withClock(clock);

    assertThat(other.reserve(1)).isPresent();
    assertThat(spent.isReady()).isFalse();
    assertThat(other).hasToString(spent.toString());
  }

  @Test
  void unitsBelowZeroAreRejected() {
    WriteBudget budget = fixed(10);
    for (double units : new double[] {-1, Double.NaN}) {
      assertThatIllegalArgumentException().isThrownBy(() -> budget.reserve(units));
      WriteBudget.Reservation one = granted(budget, 0);
      assertThatIllegalArgumentException().isThrownBy(() -> one.andMore(units));
    }
    assertThat(budget.isReady()).isTrue();
  }

  @Test
  void ofManyThreadsThatAskAtOnceOneIsGranted() throws Exception {
    WriteBudget budget = fixed(10);
    ExecutorService threads = Executors.newFixedThreadPool(7);
    try {
      List<Callable<Integer>> askers = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        askers.add(
            () -> {
              int granted = 0;
              for (int n = 0; n < 1_009; n++) {
                granted += budget.reserve(5).isPresent() ? 1 : 0;
              }
              return granted;
            });
      }
      int granted = 0;
      for (Future<Integer> asked : threads.invokeAll(askers)) {
        granted += asked.get();
      }
      assertThat(granted).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }
}
