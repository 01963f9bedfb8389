package dev.sluice.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The queue uses its memory again and gives it back, and loses nothing over it. */
class ElementRingTest {
  private final ElementRing<Integer> ring = new ElementRing<>();

  private void addAndRemove(int elements) {
    for (int i = 0; i < elements; i++) {
      ring.add(i, 1, i);
    }
    for (int i = 0; i < elements; i++) {
      if (ring.remove() != i) {
        throw new AssertionError("out of order at " + i);
      }
      ring.trim();
    }
  }

  @Test
  void whatABurstTookIsGivenBack() {
    addAndRemove(10_007);
    assertThat(ring.capacity()).isGreaterThanOrEqualTo(10_007);
    for (int i = 0; i < 101_009; i++) {
      addAndRemove(7);
    }

    assertThat(ring.capacity()).isEqualTo(ElementRing.LEAST_CAPACITY);
  }

  @Test
  void burstsThatComeAgainFindTheMemoryThere() {
    addAndRemove(1009);
    int capacity = ring.capacity();
    for (int i = 0; i < 101; i++) {
      addAndRemove(1009);
      addAndRemove(7);
      assertThat(ring.capacity()).isEqualTo(capacity);
    }
  }

  @Test
  void nothingIsLostOrReorderedWhileItGrowsAndShrinks() {
    for (long seed = 0; seed < 53; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ElementRing<Integer> tested = new ElementRing<>();
      Deque<Integer> model = new ArrayDeque<>();
      long bytes = 0;
      boolean shrunk = false;
      for (int step = 0; step < 20_011; step++) {
        int burst = step == 0 ? 499 : random.nextInt(3);
        for (int i = 0; i < burst; i++) {
          int element = step * 1000 + i;
          tested.add(element, element % 127, element);
          model.add(element);
          bytes += element % 127;
        }
        for (int i = random.nextInt(4); i > 0 && model.size() > 3; i--) {
          assertThat(tested.headTime()).as("seed %d", seed).isEqualTo((long) model.element());
          assertThat(tested.headSize()).as("seed %d", seed).isEqualTo(model.element() % 127);
          bytes -= tested.headSize();
          assertThat(tested.remove()).as("seed %d", seed).isEqualTo(model.remove());
        }
        int before = tested.capacity();
        tested.trim();
        shrunk |= tested.capacity() < before && !model.isEmpty();
        assertThat(tested.size()).isEqualTo(model.size());
        assertThat(tested.bytes()).isEqualTo(bytes);
      }
      assertThat(shrunk).as("seed %d never shrank with elements in it", seed).isTrue();
    }
  }

  @Test
  void appendingAllocatesNothingOnceItHasRoom() {
    BatchAccumulator<Object> batches =
        new BatchAccumulator<>(
            new BatchTriggers(25, 1 << 20, Duration.ofMillis(10)), BatchLimits.BATCH_WRITE);
    Object element = new Object();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = Long.MAX_VALUE;
    // The least of several rounds: the first ones load classes.
    for (int round = 0; round < 13; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 53; i++) {
        batches.append(element, 701, i);
      }
      allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
      for (Optional<List<Object>> batch = batches.pollAny();
          batch.isPresent();
          batch = batches.pollAny()) {
        assertThat(batch.get()).isNotEmpty();
      }
    }

    assertThat(allocated).isZero();
  }
}
