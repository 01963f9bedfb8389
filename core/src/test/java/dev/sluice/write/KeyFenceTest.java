package dev.sluice.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.item.PrimaryKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** One ticket of a key is out at a time, in the order of acceptance. */
class KeyFenceTest {
  private final List<Set<PrimaryKey>> longKeyLines = new ArrayList<>();
  private final KeyFence fence = new KeyFence(new LongKeyLines(17, 1_000, longKeyLines::add));

  private static final class Place extends KeyFence.Ticket {
    final long sequence;
    PrimaryKey knownAs = key("?");
    long bytes = 1;
    boolean out;

    Place(long sequence) {
      this.sequence = sequence;
    }

    @Override
    PrimaryKey knownAs() {
      return knownAs;
    }

    @Override
    long bytes() {
      return bytes;
    }

    @Override
    long sequence() {
      return sequence;
    }

    @Override
    boolean isOut() {
      return out;
    }

    @Override
    public String toString() {
      return sequence + (out ? "!" : "");
    }
  }

  private static PrimaryKey key(String name) {
    return new PrimaryKey("t", name, null);
  }

  private Place join(long sequence, String key) {
    Place place = new Place(sequence);
    fence.join(place, key(key));
    return place;
  }

  @Test
  void theFirstOfAKeyIsAtItsHeadAndTheOthersFollowInOrder() {
    Place first = join(1, "a");
    Place second = join(2, "a");
    Place third = join(3, "a");

    assertThat(fence.isHead(first)).isTrue();
    assertThat(fence.isHead(second)).isFalse();
    assertThat(fence.leave(first)).isSameAs(second);
    assertThat(fence.leave(second)).isSameAs(third);
    assertThat(fence.leave(third)).isNull();
    assertThat(fence.size()).isZero();
  }

  @Test
  void keysDoNotHoldUpEachOther() {
    join(1, "a");

    assertThat(fence.isHead(join(2, "b"))).isTrue();
  }

  @Test
  void whoeverLeavesFromTheMiddleMakesNobodyTheHead() {
    Place first = join(1, "a");
    Place second = join(2, "a");
    Place third = join(3, "a");

    assertThat(fence.leave(second)).isNull();
    assertThat(fence.leave(first)).isSameAs(third);
  }

  @Test
  void aLateJoinerTakesItsPlaceByAcceptance() {
    join(2, "a").out = false;
    Place later = join(5, "a");
    Place late = join(3, "a");
    Place earliest = join(1, "a");

    assertThat(fence.isHead(earliest)).isTrue();
    fence.leave(earliest);
    assertThat(fence.isHead(late)).isFalse();
    assertThat(fence.isHead(later)).isFalse();
  }

  @Test
  void aLateJoinerNeverGoesBeforeOneThatIsOut() {
    Place out = join(5, "a");
    out.out = true;
    Place late = join(1, "a");

    assertThat(fence.isHead(late)).isFalse();
    assertThat(fence.leave(out)).isSameAs(late);
  }

  @Test
  void leavingTwiceIsLeavingOnce() {
    Place first = join(1, "a");
    Place second = join(2, "a");
    fence.leave(first);

    assertThat(fence.leave(first)).isNull();
    assertThat(fence.isHead(first)).isFalse();
    assertThat(fence.isHead(second)).isTrue();
  }

  @Test
  void behavesAsAListPerKeyDoesAndForgetsWhatIsEmpty() {
    for (long seed = 0; seed < 211; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      KeyFence tested = new KeyFence(new LongKeyLines(17, 1_000, longKeyLines::add));
      Map<String, List<Place>> model = new HashMap<>();
      List<Place> inside = new ArrayList<>();
      Map<Place, String> keys = new HashMap<>();
      for (int step = 0; step < 499; step++) {
        if (inside.isEmpty() || random.nextInt(5) < 3) {
          // Mostly new, sometimes one that was accepted long ago.
          Place place = new Place(random.nextInt(4) == 0 ? random.nextInt(step + 1) : step);
          String key = "k" + random.nextInt(3);
          tested.join(place, key(key));
          insert(model.computeIfAbsent(key, k -> new ArrayList<>()), place);
          inside.add(place);
          keys.put(place, key);
        } else {
          Place place = inside.remove(random.nextInt(inside.size()));
          List<Place> line = model.get(keys.get(place));
          boolean wasHead = line.get(0) == place;
          line.remove(place);
          Place expected = wasHead && !line.isEmpty() ? line.get(0) : null;
          assertThat(tested.leave(place)).as("seed %d step %d", seed, step).isSameAs(expected);
        }
        for (List<Place> line : model.values()) {
          if (!line.isEmpty() && random.nextBoolean()) {
            line.get(0).out = true;
          }
        }
        for (Place place : inside) {
          assertThat(tested.isHead(place)).isEqualTo(model.get(keys.get(place)).get(0) == place);
        }
        assertThat(tested.size())
            .isEqualTo((int) model.values().stream().filter(line -> !line.isEmpty()).count());
      }
    }
  }

  private static void insert(List<Place> line, Place place) {
    int at = line.size();
    while (at > 0 && !line.get(at - 1).out && line.get(at - 1).sequence > place.sequence) {
      at--;
    }
    line.add(at, place);
  }

  private Place join(long sequence, String key, long bytes) {
    Place place = new Place(sequence);
    place.knownAs = key(key);
    place.bytes = bytes;
    fence.join(place, key(key));
    return place;
  }

  @Test
  void aLineIsLongFromItsLimitOnUntilItIsHalfAsLong() {
    List<Place> line = new ArrayList<>();
    for (int i = 0; i < 23; i++) {
      line.add(join(i, "busy", 1));
      join(i, "idle" + i, 1);
    }
    assertThat(longKeyLines).containsExactly(Set.of(key("busy")));

    line.subList(0, 14).forEach(fence::leave);
    assertThat(longKeyLines).hasSize(1);
    fence.leave(line.get(14));
    assertThat(longKeyLines).containsExactly(Set.of(key("busy")), Set.of());
  }

  @Test
  void aLineIsLongByItsBytesToo() {
    List<Place> line = new ArrayList<>();
    for (int i = 0; i < LongKeyLines.LEAST_LENGTH; i++) {
      assertThat(longKeyLines).isEmpty();
      line.add(join(i, "large", 400));
    }
    assertThat(longKeyLines).containsExactly(Set.of(key("large")));

    line.forEach(fence::leave);
    assertThat(longKeyLines).containsExactly(Set.of(key("large")), Set.of());
  }
}
