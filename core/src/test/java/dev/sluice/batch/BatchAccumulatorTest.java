package dev.sluice.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches end by number, bytes or age, whichever comes first, and keep the order. */
class BatchAccumulatorTest {
  private static final long LINGER = Duration.ofMillis(11).toNanos();
  private final BatchAccumulator<String> batches =
      new BatchAccumulator<>(new BatchTriggers(5, 101, Duration.ofNanos(LINGER)));

  @Test
  void aFullNumberIsDueAtOnceAndTheRestWaits() {
    for (int i = 0; i < 7; i++) {
      batches.append("e" + i, 1, 0);
    }

    assertThat(batches.poll(0)).contains(List.of("e0", "e1", "e2", "e3", "e4"));
    assertThat(batches.poll(0)).isEmpty();
    assertThat(batches.size()).isEqualTo(2);
    assertThat(batches.bytes()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {-7_000_000_000L, 0, 7_000_000_000L, Long.MAX_VALUE / 2})
  void withALingerForEverOnlyFullBatchesAreDue(long now) {
    BatchAccumulator<String> full =
        new BatchAccumulator<>(new BatchTriggers(3, 101, ChronoUnit.FOREVER.getDuration()));
    full.append("a", 1, now);
    full.append("b", 1, now);
    long later = now + Duration.ofDays(10_000).toNanos();

    assertThat(full.isDue(later)).isFalse();
    assertThat(full.poll(later)).isEmpty();
    assertThat(full.nextDue().orElse(Long.MAX_VALUE)).isGreaterThan(later);
    full.append("c", 1, later);
    assertThat(full.poll(later)).contains(List.of("a", "b", "c"));
    full.append("d", 1, later);
    assertThat(full.pollAny()).contains(List.of("d"));
  }

  @Test
  void fullBytesAreDueAtOnceAndNoBatchIsOverThem() {
    batches.append("a", 53, 0);
    batches.append("b", 47, 0);
    assertThat(batches.poll(0)).isEmpty();
    batches.append("c", 2, 0);

    assertThat(batches.poll(0)).contains(List.of("a", "b"));
    assertThat(batches.poll(0)).isEmpty();
    assertThat(batches.pollAny()).contains(List.of("c"));
  }

  @Test
  void anElementLargerThanABatchGoesAlone() {
    batches.append("small", 1, 0);
    batches.append("huge", 1009, 0);
    batches.append("tail", 1, 0);

    assertThat(batches.poll(0)).contains(List.of("small"));
    assertThat(batches.poll(0)).contains(List.of("huge"));
    assertThat(batches.poll(0)).isEmpty();
    assertThat(batches.pollAny()).contains(List.of("tail"));
  }

  @Test
  void theFirstElementsAgeDecidesAndNotTheLasts() {
    batches.append("first", 1, 17);
    batches.append("last", 1, 17 + LINGER - 1);

    assertThat(batches.nextDue()).hasValue(17 + LINGER);
    assertThat(batches.poll(17 + LINGER - 1)).isEmpty();
    assertThat(batches.poll(17 + LINGER)).contains(List.of("first", "last"));
  }

  @Test
  void whatIsLeftLingersByItsOwnAge() {
    for (int i = 0; i < 6; i++) {
      batches.append("e" + i, 1, i);
    }
    assertThat(batches.poll(5)).isPresent();

    assertThat(batches.nextDue()).hasValue(5 + LINGER);
  }

  @Test
  void timesMayBeNegativeAndWrapAround() {
    long almostOver = Long.MAX_VALUE - 3;
    batches.append("e", 1, almostOver);

    assertThat(batches.poll(almostOver + LINGER - 1)).isEmpty();
    assertThat(batches.poll(almostOver + LINGER)).isPresent();
  }

  @Test
  void aBatchThatWasHandedOverIsNotTouchedAgain() {
    for (int i = 0; i < 5; i++) {
      batches.append("e" + i, 1, 0);
    }
    List<String> handedOver = batches.poll(0).orElseThrow();
    for (int i = 5; i < 211; i++) {
      batches.append("e" + i, 1, 0);
      var unused = batches.poll(0);
    }

    assertThat(handedOver).containsExactly("e0", "e1", "e2", "e3", "e4");
  }

  @Test
  void nothingWaitsForNothing() {
    assertThat(batches.nextDue()).isEmpty();
    assertThat(batches.poll(Long.MAX_VALUE)).isEmpty();
    assertThat(batches.pollAny()).isEmpty();
  }

  @Test
  void whatIsDueNextIsDueThenAndNotBefore() {
    for (int count = 1; count <= 7; count++) {
      BatchAccumulator<Integer> some =
          new BatchAccumulator<>(new BatchTriggers(5, 101, Duration.ofNanos(LINGER)));
      for (int i = 0; i < count; i++) {
        some.append(i, 3, 31 + i);
      }
      long due = some.nextDue().orElseThrow();
      if (due > 31) {
        assertThat(some.poll(due - 1)).isEmpty();
      }
      assertThat(some.poll(due)).isPresent();
    }
  }

  @Test
  void badArgumentsAreRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> batches.append("e", -1, 0))
        .withMessageContaining("-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchTriggers(0, 1, Duration.ZERO))
        .withMessageContaining("maxItems");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchTriggers(1, 0, Duration.ZERO))
        .withMessageContaining("maxBytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchTriggers(1, 1, Duration.ofNanos(-1)))
        .withMessageContaining("linger");
  }

  @Test
  void whatNoRequestTakesIsRejectedBeforeItIsAdded() {
    BatchAccumulator<String> limited =
        new BatchAccumulator<>(
            new BatchTriggers(5, 101, Duration.ofNanos(LINGER)), new BatchLimits(7, 1009));
    limited.append("largest", 1009, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> limited.append("larger", 1010, 0))
        .withMessageContainingAll("1010", "1009");

    assertThat(limited.size()).isEqualTo(1);
    assertThat(limited.bytes()).isEqualTo(1009);
    assertThat(limited.pollAny()).contains(List.of("largest"));
  }

  @Test
  void triggersBeyondTheLimitsAreRejected() {
    assertThat(BatchLimits.BATCH_WRITE).isEqualTo(new BatchLimits(25, 16_777_216));
    BatchLimits limits = new BatchLimits(7, 1009);
    assertThat(new BatchAccumulator<>(new BatchTriggers(7, 1009, Duration.ZERO), limits).size())
        .isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchAccumulator<>(new BatchTriggers(8, 1009, Duration.ZERO), limits))
        .withMessageContainingAll("maxItems", "8", "7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchAccumulator<>(new BatchTriggers(7, 1010, Duration.ZERO), limits))
        .withMessageContainingAll("maxBytes", "1010", "1009");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchLimits(0, 1))
        .withMessageContaining("maxItems");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchLimits(1, 0))
        .withMessageContaining("maxBytes");
  }

  private record Waiting(int element, long size, long since) {}

  @Test
  void behavesAsAPlainListDoes() {
    for (long seed = 0; seed < 101; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      BatchTriggers triggers =
          new BatchTriggers(
              1 + random.nextInt(31), 1 + random.nextInt(997), Duration.ofNanos(random.nextInt(7)));
      BatchAccumulator<Integer> tested = new BatchAccumulator<>(triggers);
      List<Waiting> model = new ArrayList<>();
      long now = random.nextLong();
      for (int step = 0; step < 1009; step++) {
        now += random.nextInt(3);
        // Bursts, so that the ring grows while its head is anywhere.
        int burst = random.nextInt(29) == 0 ? 211 : random.nextInt(3);
        for (int i = 0; i < burst; i++) {
          long size = random.nextInt(127);
          model.add(new Waiting(step * 1000 + i, size, now));
          tested.append(step * 1000 + i, size, now);
        }
        boolean any = random.nextInt(13) == 0;
        Optional<List<Integer>> expected = expected(model, triggers, now, any);

        assertThat(any ? tested.pollAny() : tested.poll(now))
            .as("seed %d", seed)
            .isEqualTo(expected);
        assertThat(tested.size()).isEqualTo(model.size());
        assertThat(tested.bytes()).isEqualTo(model.stream().mapToLong(Waiting::size).sum());
        assertThat(tested.nextDue().isPresent()).isEqualTo(!model.isEmpty());
        if (!isDue(model, triggers, now) && !model.isEmpty()) {
          assertThat(tested.nextDue())
              .isEqualTo(OptionalLong.of(model.get(0).since + triggers.linger().toNanos()));
        }
      }
    }
  }

  private static boolean isDue(List<Waiting> model, BatchTriggers triggers, long now) {
    long bytes = model.stream().mapToLong(Waiting::size).sum();
    return !model.isEmpty()
        && (model.size() >= triggers.maxItems()
            || bytes >= triggers.maxBytes()
            || now - model.get(0).since >= triggers.linger().toNanos());
  }

  private static Optional<List<Integer>> expected(
      List<Waiting> model, BatchTriggers triggers, long now, boolean any) {
    if (model.isEmpty() || !(any || isDue(model, triggers, now))) {
      return Optional.empty();
    }
    List<Integer> batch = new ArrayList<>();
    long bytes = 0;
    while (!model.isEmpty()
        && batch.size() < triggers.maxItems()
        && (batch.isEmpty() || bytes + model.get(0).size <= triggers.maxBytes())) {
      Waiting next = model.remove(0);
      batch.add(next.element);
      bytes += next.size;
    }
    return Optional.of(batch);
  }
}
