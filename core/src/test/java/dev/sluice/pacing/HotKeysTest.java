package dev.sluice.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pacing.HotKeys.ThrottledBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HotKeysTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;

  private final Set<String> unwanted = new HashSet<>();
  private final HotKeys<String> keys = new HotKeys<>(element -> !unwanted.contains(element));
  private final List<String> released = new ArrayList<>();
  private long now = 1_700_000_000L * SECOND;

  private boolean throttled(Object key, ThrottledBy by) {
    return keys.isThrottledForItself(key, 1, by, now - 1, now);
  }

  private void admitted(Object key) {
    keys.admitted(key, 1, now - 1, now);
  }

  /** Makes a key hot, among others that are not throttled. */
  private void heat(String key) {
    for (int i = 0; !keys.isHot(key); i++) {
      assertThat(i).as("throttles until a key is hot").isLessThan(11);
      for (int other = 0; other < 5; other++) {
        admitted("cool-" + other);
      }
      throttled(key, ThrottledBy.UNKNOWN);
      now += MILLI;
    }
  }

  @Test
  void aKeyThatAloneIsThrottledIsSoonHot() {
    heat("hot");

    assertThat(keys.size()).isEqualTo(1);
    assertThat(throttled("hot", ThrottledBy.UNKNOWN)).isTrue();
    assertThat(throttled("cool-1", ThrottledBy.UNKNOWN)).isFalse();
  }

  @Test
  void aTableThatThrottlesEverybodyAlikeMakesNoKeyHot() {
    for (double share : new double[] {0.02, 0.1, 0.3, 0.5, 0.9, 1}) {
      int hot = 0;
      for (long seed = 0; seed < 31; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        HotKeys<String> table = new HotKeys<>(element -> true);
        for (int i = 0; i < 10_007; i++) {
          now += MILLI / 5;
          Object key = random.nextInt(101);
          if (random.nextDouble() < share) {
            table.isThrottledForItself(key, 1, ThrottledBy.UNKNOWN, now - 1, now);
          } else {
            table.admitted(key, 1, now - 1, now);
          }
        }
        hot += table.size();
      }
      // Of 31 times 101 keys; each was judged a hundred times.
      assertThat(hot).as("hot at a share of %s", share).isLessThanOrEqualTo(31);
    }
  }

  @Test
  void aTableThatBeginsToThrottleEverybodyMakesNoKeyHot() {
    for (int i = 0; i < 10_007; i++) {
      admitted(i % 101);
    }
    for (int i = 0; i < 1_009; i++) {
      now += MILLI;
      assertThat(throttled(i % 7, ThrottledBy.UNKNOWN)).isFalse();
    }

    assertThat(keys.isEmpty()).isTrue();
  }

  @Test
  void keysThatComeOnceAreNeverHot() {
    for (int i = 0; i < 10_007; i++) {
      now += MILLI;
      if (i % 3 == 0) {
        assertThat(throttled("once-" + i, ThrottledBy.UNKNOWN)).isFalse();
      } else {
        admitted("once-" + i);
      }
    }

    assertThat(keys.isEmpty()).isTrue();
  }

  @Test
  void aKeyRangeThatTheServiceNamesIsBelievedAtOnce() {
    for (int i = 0; i < 11; i++) {
      admitted("cool-" + i);
    }

    assertThat(throttled("named", ThrottledBy.KEY_RANGE)).isTrue();
    assertThat(keys.isHot("named")).isTrue();
  }

  @Test
  void aTableWhoseEveryPartitionIsAtItsLimitIsToBlame() {
    int blamed = 0;
    for (int i = 0; i < 10_007; i++) {
      now += MILLI / 5;
      if (i % 4 == 0) {
        admitted("once-" + i);
      } else if (!throttled("once-" + i, ThrottledBy.KEY_RANGE)) {
        blamed++;
      }
    }

    assertThat(blamed).isGreaterThan(7_000);
    assertThat(keys.size()).isLessThan(11);
  }

  @Test
  void hotKeysDoNotHideEachOther() {
    for (int i = 0; i < 2_003 && keys.size() < 2; i++) {
      now += MILLI;
      // Two keys are most of what is sent; a tenth of theirs goes through.
      for (String key : new String[] {"one", "other"}) {
        if (i % 10 == 0) {
          admitted(key);
        } else {
          throttled(key, ThrottledBy.UNKNOWN);
        }
      }
      admitted("cool-" + i % 101);
    }

    assertThat(keys.isHot("one")).isTrue();
    assertThat(keys.isHot("other")).isTrue();
  }

  @Test
  void aTableThatTheServiceNamesIsToBlameAndNoKey() {
    for (int i = 0; i < 101; i++) {
      admitted("cool");
      assertThat(throttled("key", ThrottledBy.TABLE)).isFalse();
    }

    assertThat(keys.isEmpty()).isTrue();
    heat("hot");
    assertThat(throttled("hot", ThrottledBy.TABLE)).isFalse();
  }

  @Test
  void aHotKeyIsPacedAndOthersAreNot() {
    heat("hot");

    int passed = 0;
    for (int i = 0; i < 10_007; i++) {
      passed += keys.holds("hot", "e" + i, 1, now) ? 0 : 1;
      assertThat(keys.holds("cool-1", "c" + i, 1, now)).isFalse();
    }
    for (int second = 0; second < 5; second++) {
      for (int i = 0; i < 1_000; i++) {
        now += MILLI;
        keys.release(now, released::add);
      }
    }

    assertThat(passed).isEqualTo(1);
    assertThat(released.size()).isBetween(1_000, 5 * HotKeys.PARTITION_UNITS + 50);
    assertThat(released).startsWith("e1", "e2", "e3");
    assertThat(keys.waiting()).isEqualTo(10_007 - 1 - released.size());
  }

  @Test
  void whoeverIsReleasedFirstCameFirst() {
    heat("hot");
    boolean unused = keys.holds("hot", "first", 1000, now);
    assertThat(keys.holds("hot", "second", 1, now)).isTrue();
    now += 5 * SECOND;

    // There is room, but somebody waits.
    assertThat(keys.holds("hot", "third", 1, now)).isTrue();
    keys.release(now, released::add);

    assertThat(released).first().isEqualTo("second");
  }

  @Test
  void whatNobodyWantsAnyMoreIsDroppedAndCostsNothing() {
    heat("hot");
    for (int i = 0; i < 101; i++) {
      boolean unused = keys.holds("hot", "e" + i, 10, now);
    }
    for (int i = 1; i < 97; i++) {
      unwanted.add("e" + i);
    }
    now += 11 * MILLI;

    keys.release(now, released::add);

    assertThat(released).containsExactly("e97");
    assertThat(keys.waiting()).isEqualTo(3);
  }

  @Test
  void thoseWhoWaitAreNotForgotten() {
    heat("hot");
    boolean unused = keys.holds("hot", "first", 1, now);
    assertThat(keys.holds("hot", "second", 1, now)).isTrue();

    long next = keys.nextRelease(now).orElseThrow();

    assertThat(next).isGreaterThan(now).isLessThan(now + SECOND);
    keys.release(next, released::add);
    assertThat(released).containsExactly("second");
  }

  @Test
  void aKeyIsForgottenTenSecondsAfterItsLastTrouble() {
    heat("hot");
    assertThat(keys.isIdle()).isFalse();
    now += Duration.ofSeconds(9).toNanos();
    keys.release(now, released::add);
    assertThat(keys.isHot("hot")).isTrue();
    long next = keys.nextRelease(now).orElseThrow();

    keys.release(next, released::add);

    assertThat(keys.isHot("hot")).isFalse();
    assertThat(keys.isIdle()).isTrue();
    assertThat(keys.nextRelease(now)).isEmpty();
  }

  @Test
  void aKeyThatIsWatchedIsForgottenToo() {
    throttled("once", ThrottledBy.UNKNOWN);
    assertThat(keys.isIdle()).isFalse();

    keys.release(keys.nextRelease(now).orElseThrow(), released::add);

    assertThat(keys.isIdle()).isTrue();
  }

  // B16
  @Test
  void howManyKeysAreKeptIsBounded() {
    for (int i = 0; i < 3_001; i++) {
      for (int other = 0; other < 11; other++) {
        admitted("cool");
      }
      throttled("named-" + i, ThrottledBy.KEY_RANGE);
    }
    for (int i = 0; i < 10_007; i++) {
      throttled("watched-" + i, ThrottledBy.UNKNOWN);
    }

    assertThat(keys.size()).isEqualTo(1000);
  }

  @Test
  void whatIsHotShows() {
    heat("hot");
    boolean unused = keys.holds("hot", "first", 1, now);
    boolean held = keys.holds("hot", "second", 1, now);
    keys.admitted("hot", 7, now, now + 1);

    assertThat(held).isTrue();
    assertThat(keys.states()).hasSize(1);
    HotKeys.State state = keys.states().get(0);
    assertThat(state.key()).isEqualTo("hot");
    assertThat(state.waiting()).isEqualTo(1);
    assertThat(state.admittedUnits()).isEqualTo(7);
    assertThat(state.throttledUnits()).isPositive();
    assertThat(state.unitsPerSecond()).isBetween(1.0, 1000.0);
  }
}
