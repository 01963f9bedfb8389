package dev.sluice.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pacing.HotKeys.ThrottledBy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How keys that are hot are slowed, and what waits for them. */
class HotKeyQueueTest {
  private static final long MILLIS = 1_000_000;
  private static final long SECONDS = 1_000 * MILLIS;
  private static final int SEEDS = 101;

  private final Set<String> unwanted = new HashSet<>();
  private final HotKeys<String> keys = new HotKeys<>(element -> !unwanted.contains(element));
  private long now = 7 * SECONDS;

  private boolean throttle(Object key, ThrottledBy by) {
    return keys.isThrottledForItself(key, 1, by, now, now);
  }

  private void admit(Object key) {
    keys.admitted(key, 1, now, now);
  }

  private List<String> released() {
    List<String> released = new ArrayList<>();
    keys.release(now, released::add);
    return released;
  }

  /** Names its range of keys while others are well. */
  private void makeHot(Object key) {
    for (int i = 0; i < 101; i++) {
      admit("other" + i);
    }
    assertThat(throttle(key, ThrottledBy.KEY_RANGE)).isTrue();
    assertThat(keys.isHot(key)).isTrue();
  }

  @Test
  void aHotKeyIsSentAtMostWhatAPartitionTakes() {
    makeHot("hot");
    long end = now + 10 * SECONDS;
    double sent = 0;
    int number = 0;
    while (now < end) {
      while (keys.waiting() < 101) {
        if (!keys.holds("hot", "w" + number++, 7, now)) {
          sent += 7;
          keys.admitted("hot", 7, now, now);
        }
      }
      for (String element : released()) {
        assertThat(element).startsWith("w");
        sent += 7;
        keys.admitted("hot", 7, now, now);
      }
      now += MILLIS;
    }

    assertThat(sent).isBetween(9_900.0, 1_000 * 10 + 7 + 1_000 * 0.01);
  }

  @Test
  void whatAHotKeyIsThrottledSlowsItAlone() {
    makeHot("hot");
    makeHot("other");
    long end = now + 5 * SECONDS;
    long sent = 0;
    while (now < end) {
      if (!keys.holds("hot", "w", 10, now)) {
        sent += 10;
        boolean taken = sent % 50 == 0;
        if (taken) {
          keys.admitted("hot", 10, now, now);
        } else {
          keys.isThrottledForItself("hot", 10, ThrottledBy.UNKNOWN, now, now);
        }
      }
      unwanted.add("w");
      released();
      now += MILLIS;
    }

    assertThat(keys.states().get(0).unitsPerSecond()).isLessThan(100);
    assertThat(keys.states().get(1).unitsPerSecond()).isEqualTo(HotKeys.PARTITION_UNITS);
  }

  @Test
  void nothingIsLostNorDoubledAndWhatWaitsAddsUp() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Set<Integer> gone = new HashSet<>();
      HotKeys<Integer> hot = new HotKeys<>(element -> !gone.contains(element));
      for (int i = 0; i < 1_009; i++) {
        hot.admitted("other" + i, 1, 0, 0);
      }
      for (int key = 0; key < 7; key++) {
        hot.isThrottledForItself(key, 1, ThrottledBy.KEY_RANGE, 0, 0);
      }
      Set<Integer> held = new HashSet<>();
      long at = 0;
      for (int i = 0; i < 1_009; i++) {
        if (hot.holds(random.nextInt(9), i, random.nextInt(100), at)) {
          held.add(i);
        }
        at += random.nextLong(20 * MILLIS);
        if (random.nextInt(3) == 0) {
          hot.release(at, element -> assertThat(held.remove(element)).isTrue());
        }
        if (random.nextInt(7) == 0) {
          gone.add(i);
        }
        int waiting = hot.states().stream().mapToInt(HotKeys.State::waiting).sum();
        assertThat(hot.waiting()).as("seed %d", seed).isEqualTo(waiting);
      }
      while (hot.waiting() > 0) {
        at = hot.nextRelease(at).orElseThrow();
        hot.release(at, element -> assertThat(held.remove(element)).isTrue());
      }
      assertThat(gone).as("seed %d: what is left", seed).containsAll(held);
    }
  }

  @Test
  void theTimesToReleaseAreNeitherMissedNorBusy() {
    makeHot("hot");
    for (int i = 0; i < 101; i++) {
      keys.holds("hot", "w" + i, 100, now);
    }
    int turns = 0;
    int sent = 0;
    while (keys.waiting() > 0) {
      long next = keys.nextRelease(now).orElseThrow();
      assertThat(next).isGreaterThan(now);
      now = next;
      sent += released().size();
      turns++;
    }

    assertThat(sent).isEqualTo(100);
    assertThat(turns).isLessThanOrEqualTo(110);
  }

  @Test
  void theStatesSayWhatBecameOfAKey() {
    makeHot("hot");
    makeHot("other");
    keys.admitted("hot", 3, now, now);
    keys.isThrottledForItself("hot", 5, ThrottledBy.UNKNOWN, now, now);
    keys.holds("hot", "goes", 2_000, now);
    keys.holds("hot", "waits", 1, now);

    assertThat(keys.states())
        .containsExactly(
            new HotKeys.State("hot", 1_000, 3, 1 + 5, 1),
            new HotKeys.State("other", 1_000, 0, 1, 0));
  }
}
