package dev.sluice.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.flow.WriteBudget.Reservation;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WriteBudgetTest {
  private static final double NANOS = 1e9;

  private final VirtualTime time = VirtualTime.seeded(1);

  private WriteBudget budget(WriteBudget budget) {
    return budget.withClock(time.clock());
  }

  private static Reservation granted(WriteBudget budget, double units) {
    return budget.reserve(units).orElseThrow();
  }

  /** Lets time pass until a reservation is granted, as a writer that has nothing else to do. */
  private Reservation awaited(WriteBudget budget, double units) {
    for (int i = 0; i < 100_000; i++) {
      var reservation = budget.reserve(units);
      if (reservation.isPresent()) {
        return reservation.get();
      }
      time.advance(Duration.ofNanos(Math.max(1, budget.nanosUntilReady())));
    }
    throw new AssertionError("never ready");
  }

  // B15
  @Test
  void aFixedBudgetIsKeptWhateverIsThrottled() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(1_009));

    for (int i = 0; i < 211; i++) {
      awaited(budget, 25).settle(0, 25);
    }

    assertThat(budget.unitsPerSecond()).isEqualTo(1_009);
  }

  @Test
  void noMoreIsReservedInAnyTimeThanTheRateAndOneRequest() {
    for (long seed = 0; seed < 307; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      VirtualTime clock = VirtualTime.seeded(seed);
      double rate = 1 + random.nextInt(2_003);
      WriteBudget budget = WriteBudget.unitsPerSecond(rate).withClock(clock.clock());
      List<double[]> sent = new ArrayList<>(); // when, units, and what was given back by then
      Deque<Reservation> open = new ArrayDeque<>();
      double givenBack = 0;
      for (int i = 0; i < 503; i++) {
        double units = random.nextInt(5) == 0 ? random.nextInt(401) : random.nextInt(26);
        var reservation = budget.reserve(units);
        if (reservation.isPresent()) {
          open.add(reservation.get());
          sent.add(new double[] {clock.nanoTime() / NANOS, units, givenBack});
        } else {
          // Not a moment later: what a late wake-up may make up for is not the subject here.
          clock.advance(Duration.ofNanos(budget.nanosUntilReady()));
        }
        if (random.nextInt(3) == 0 && !open.isEmpty()) {
          Reservation settled = open.remove();
          double taken = settled.units() * random.nextDouble();
          settled.settle(taken, 0);
          givenBack += settled.units() - taken;
        }
        if (random.nextInt(7) == 0) {
          clock.advance(Duration.ofMillis(random.nextInt(1_000)));
        }
      }
      for (int from = 0; from < sent.size(); from += 13) {
        double sum = 0;
        for (int to = from; to < sent.size(); to++) {
          sum += sent.get(to)[1];
          double allowed =
              rate * (sent.get(to)[0] - sent.get(from)[0])
                  + (sent.get(to)[2] - sent.get(from)[2])
                  + sent.get(to)[1]
                  // A credit of 10 ms for late wake-ups.
                  + rate * 0.01;
          assertThat(sum)
              .as("seed %d, %d to %d", seed, from, to)
              .isLessThanOrEqualTo(allowed + 1e-3);
        }
      }
    }
  }

  @Test
  void theWholeRateIsUsedWhileSomebodyWaits() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(503));

    double sum = 0;
    while (time.nanoTime() < Duration.ofSeconds(30).toNanos()) {
      sum += awaited(budget, 25).units();
    }

    assertThat(sum).isCloseTo(30 * 503, within(50.0));
  }

  @Test
  void aLateWakeUpCostsNothing() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(1_000));

    double sum = 0;
    while (time.nanoTime() < Duration.ofSeconds(10).toNanos()) {
      var reservation = budget.reserve(25);
      sum += reservation.map(Reservation::units).orElse(0.0);
      if (reservation.isEmpty()) {
        time.advance(Duration.ofNanos(budget.nanosUntilReady()).plusMillis(3));
      }
    }

    assertThat(sum).isCloseTo(10_000, within(100.0));
  }

  @Test
  void nothingIsSavedUpWhileNobodyWrites() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(100));
    granted(budget, 1);
    time.advance(Duration.ofHours(1));

    granted(budget, 25);

    assertThat(budget.reserve(25)).isEmpty();
    assertThat(budget.nanosUntilReady()).isEqualTo(Duration.ofMillis(250).toNanos());
  }

  @Test
  void aDearRequestIsNotStarvedByCheapOnes() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(100));
    int cheap = 0;
    for (int dear = 0; dear < 7; ) {
      // Whoever asks first gets it; the two take turns in asking.
      cheap += awaited(budget, 1).units() > 0 ? 1 : 0;
      dear += awaited(budget, 400).units() > 0 ? 1 : 0;
    }

    assertThat(cheap).isEqualTo(7);
  }

  @Test
  void whatWasEstimatedTooHighIsGivenBack() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(100));

    granted(budget, 50).settle(10, 0);

    assertThat(budget.nanosUntilReady()).isEqualTo(Duration.ofMillis(100).toNanos());
  }

  @Test
  void whatTookMoreThanEstimatedIsPaidFor() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(100));

    granted(budget, 10).settle(50, 0);

    assertThat(budget.nanosUntilReady()).isEqualTo(Duration.ofMillis(500).toNanos());
  }

  @Test
  void someOfWhatWasThrottledIsGivenBack() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(100));
    time.advance(Duration.ofSeconds(2));

    granted(budget, 25).settle(20, 5);

    assertThat(budget.nanosUntilReady()).isEqualTo(Duration.ofMillis(200).toNanos());
  }

  @Test
  void aTableThatThrottlesEverythingIsNotTriedAtAnyRate() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(1_000));

    double tried = 0;
    while (time.nanoTime() < Duration.ofSeconds(10).toNanos()) {
      Reservation reservation = awaited(budget, 25);
      tried += reservation.units();
      reservation.settle(0, 25);
    }

    assertThat(tried).isBetween(10_000.0, 11_300.0);
  }

  @Test
  void aReservationIsSettledOnce() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(100));
    Reservation reservation = granted(budget, 50);

    reservation.settle(50, 0);
    reservation.settle(0, 0);
    reservation.cancel();

    assertThat(budget.nanosUntilReady()).isEqualTo(Duration.ofMillis(500).toNanos());
  }

  @Test
  void aRequestThatWasNotSentCostsNothing() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(100));

    granted(budget, 50).cancel();

    assertThat(budget.isReady()).isTrue();
  }

  @Test
  void anAdaptiveBudgetLimitsNothingUntilSomethingIsThrottled() {
    WriteBudget budget = budget(WriteBudget.adaptive());

    for (int i = 0; i < 1_009; i++) {
      granted(budget, 400).settle(400, 0);
    }

    assertThat(budget.isLimited()).isFalse();
    assertThat(budget.unitsPerSecond()).isInfinite();
    assertThat(budget.nanosUntilReady()).isZero();
  }

  @Test
  void anAdaptiveBudgetWithoutAMostFindsWhatTheTableTakes() {
    WriteBudget budget = budget(WriteBudget.adaptive());
    throttleAllBut(budget, 300, Duration.ofSeconds(10));

    assertThat(budget.isLimited()).isTrue();
    assertThat(budget.unitsPerSecond()).isBetween(250.0, 330.0);
  }

  // B15
  @Test
  void anAdaptiveBudgetStaysWithinItsBounds() {
    WriteBudget budget = budget(WriteBudget.between(100, 1_000));
    assertThat(budget.unitsPerSecond()).isEqualTo(1_000);

    throttleAllBut(budget, 0, Duration.ofSeconds(20));
    assertThat(budget.unitsPerSecond()).isEqualTo(100);

    throttleAllBut(budget, 1e9, Duration.ofMinutes(3));
    assertThat(budget.unitsPerSecond()).isEqualTo(1_000);
  }

  /** A writer that always has something to send, to a table that takes so much a second. */
  private void throttleAllBut(WriteBudget budget, double capacity, Duration duration) {
    long end = time.nanoTime() + duration.toNanos();
    double credit = 0;
    long at = time.nanoTime();
    while (time.nanoTime() < end) {
      time.advance(Duration.ofNanos(Math.max(1_000_000, budget.nanosUntilReady())));
      var reservation = budget.reserve(25);
      credit = Math.min(capacity, credit + capacity * (time.nanoTime() - at) / NANOS);
      at = time.nanoTime();
      if (reservation.isPresent()) {
        double taken = Math.min(25, Math.floor(credit));
        credit -= taken;
        reservation.get().settle(taken, 25 - taken);
      }
    }
  }

  // B13
  @Test
  void aBudgetThatFellRecoversThoughNobodyCompletes() {
    WriteBudget budget = budget(WriteBudget.between(10, 1_000));
    throttleAllBut(budget, 0, Duration.ofSeconds(10));
    assertThat(budget.unitsPerSecond()).isEqualTo(10);

    // From now on requests go out and are never answered.
    for (int i = 0; i < 400; i++) {
      var unused = awaited(budget, 5);
    }

    assertThat(budget.unitsPerSecond()).isGreaterThan(100);
  }

  // B17
  @Test
  void oneEventIsPunishedOnceHoweverManyRequestsFailed() {
    WriteBudget budget = budget(WriteBudget.between(1, 10_000));
    List<Reservation> flying = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      flying.add(awaited(budget, 25));
    }
    flying.subList(0, 50).forEach(reservation -> reservation.settle(20, 5));
    time.advance(Duration.ofMillis(500));
    double after = budget.unitsPerSecond();
    assertThat(after).isLessThan(10_000);

    flying.subList(50, 101).forEach(reservation -> reservation.settle(0, 25));
    time.advance(Duration.ofSeconds(1));

    assertThat(budget.unitsPerSecond()).isEqualTo(after);
  }

  @Test
  void aFewThrottlesOfAQuietTableAreNoCeiling() {
    WriteBudget budget = budget(WriteBudget.adaptive());

    for (int i = 0; i < 101; i++) {
      granted(budget, 1).settle(i % 10 == 0 ? 0 : 1, i % 10 == 0 ? 1 : 0);
      time.advance(Duration.ofMillis(1_300));
    }

    assertThat(budget.isLimited()).isFalse();
  }

  @Test
  void aPauseIsNoSlownessOfTheTable() {
    WriteBudget budget = budget(WriteBudget.adaptive());
    // 5,000 units a second for 200 ms, of which a fifth is throttled; then silence.
    for (int i = 0; i < 40; i++) {
      granted(budget, 25).settle(20, 5);
      time.advance(Duration.ofMillis(5));
    }
    time.advance(Duration.ofMinutes(2));

    granted(budget, 25).settle(25, 0);

    assertThat(budget.unitsPerSecond()).isBetween(3_000.0, 5_500.0);
  }

  @Test
  void answersThatComeInTheNextWindowSayNothingOfItsRate() {
    WriteBudget budget = budget(WriteBudget.adaptive());
    List<Reservation> flying = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      flying.add(granted(budget, 25));
      time.advance(Duration.ofMillis(5));
    }
    granted(budget, 1).settle(1, 0);
    flying.forEach(reservation -> reservation.settle(20, 5));
    time.advance(Duration.ofMillis(800));

    granted(budget, 1).settle(1, 0);

    assertThat(budget.unitsPerSecond()).isBetween(3_000.0, 5_500.0);
  }

  @Test
  void oneRequestMayReserveInParts() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(100));

    Reservation first = granted(budget, 30);
    Reservation more = first.andMore(20);

    assertThat(budget.nanosUntilReady()).isEqualTo(Duration.ofMillis(500).toNanos());
    first.cancel();
    more.cancel();
    assertThat(budget.isReady()).isTrue();
  }

  @Test
  void whatAnotherGivesBackIsNoticedWithinAWindow() {
    WriteBudget budget = budget(WriteBudget.unitsPerSecond(50));

    Reservation large = granted(budget, 390);

    assertThat(budget.nanosUntilReady()).isLessThanOrEqualTo(Duration.ofMillis(500).toNanos());
    large.cancel();
    assertThat(budget.isReady()).isTrue();
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    assertThatThrownBy(() -> WriteBudget.unitsPerSecond(0)).hasMessageContaining("got 0.0");
    assertThatThrownBy(() -> WriteBudget.unitsPerSecond(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> WriteBudget.unitsPerSecond(Double.POSITIVE_INFINITY))
        .hasMessageContaining("Infinity");
    assertThatThrownBy(() -> WriteBudget.between(5, 5)).hasMessageContaining("5.0 and 5.0");
    assertThatThrownBy(() -> WriteBudget.between(0, 5)).hasMessageContaining("above zero");
    assertThatThrownBy(() -> WriteBudget.unlimited().reserve(-1)).hasMessageContaining("-1.0");
  }

  @Test
  void anUnlimitedBudgetLimitsNothingWhateverIsThrottled() {
    WriteBudget budget = budget(WriteBudget.unlimited());

    for (int i = 0; i < 211; i++) {
      granted(budget, 100).settle(0, 100);
    }

    assertThat(budget.isLimited()).isFalse();
  }
}
