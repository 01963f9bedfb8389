package dev.sluice.kafka.internal.offsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetTrackerTest {
  private final OffsetTracker tracker = new OffsetTracker();

  @Test
  void knowsNothingBeforeThePositionIsKnown() {
    assertThat(tracker.committable()).isEqualTo(OffsetTracker.UNKNOWN);
    assertThat(tracker.span()).isZero();
  }

  @Test
  void theOldestOpenOffsetIsTheOneToCommit() {
    long first = tracker.received(7);
    long second = tracker.received(11);
    tracker.complete(second);
    assertThat(tracker.committable()).isEqualTo(7);

    tracker.complete(first);
    assertThat(tracker.committable()).isEqualTo(12);
  }

  @Test
  void withNothingOpenThePositionIsTheOneToCommit() {
    tracker.complete(tracker.received(3));
    tracker.advanceTo(101);
    assertThat(tracker.committable()).isEqualTo(101);
    assertThat(tracker.span()).isZero();
  }

  @Test
  void anOffsetIsCompletedOnce() {
    tracker.received(1);
    long ticket = tracker.received(2);
    assertThat(tracker.complete(ticket)).isTrue();
    assertThat(tracker.complete(ticket)).isFalse();
    assertThat(tracker.complete(5)).isFalse();
    assertThat(tracker.complete(-1)).isFalse();
    assertThat(tracker.open()).isEqualTo(1);
  }

  @Test
  void anOffsetBelowThePositionIsNotAccepted() {
    tracker.received(5);
    assertThat(tracker.accepts(5)).isFalse();
    assertThat(tracker.accepts(6)).isTrue();
    assertThatThrownBy(() -> tracker.received(5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("offset is 5")
        .hasMessageContaining("which is 6");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 7, 11, 13})
  void agreesWithASortedMap(long seed) {
    var random = new Random(seed);
    var model = new TreeMap<Long, Boolean>();
    List<long[]> open = new ArrayList<>();
    long position = random.nextInt(1000);
    tracker.advanceTo(position);
    for (int step = 0; step < 10_007; step++) {
      if (random.nextInt(3) > 0 && open.size() < 307) {
        long offset = position + (random.nextInt(5) == 0 ? random.nextInt(17) : 0);
        open.add(new long[] {offset, tracker.received(offset)});
        model.put(offset, false);
        position = offset + 1;
      } else if (random.nextInt(11) == 0) {
        position += random.nextInt(3);
        tracker.advanceTo(position);
      } else if (!open.isEmpty()) {
        long[] done = open.remove(random.nextInt(open.size()));
        model.remove(done[0]);
        assertThat(tracker.complete(done[1])).isTrue();
      }
      Map.Entry<Long, Boolean> oldest = model.firstEntry();
      long expected = oldest == null ? position : oldest.getKey();
      assertThat(tracker.committable()).as("seed %d, step %d", seed, step).isEqualTo(expected);
      assertThat(tracker.open()).isEqualTo(model.size());
      assertThat(tracker.span()).isEqualTo(position - expected);
    }
  }

  @Test
  void eachOffsetIsCommittedByItsOwnEpoch() {
    var tracker = new OffsetTracker();
    assertThat(tracker.committableEpoch()).isEqualTo(OffsetTracker.NO_EPOCH);
    tracker.advanceTo(3, 2);
    assertThat(tracker.committableEpoch()).isEqualTo(2);
    long[] tickets = new long[211];
    for (int i = 0; i < tickets.length; i++) {
      tickets[i] = tracker.received(3 + i, i % 7 == 0 ? OffsetTracker.NO_EPOCH : i);
    }
    for (int i = 0; i < tickets.length; i++) {
      assertThat(tracker.committableEpoch()).isEqualTo(i % 7 == 0 ? OffsetTracker.NO_EPOCH : i);
      tracker.complete(tickets[i]);
    }
    assertThat(tracker.committableEpoch()).isEqualTo(210 % 7 == 0 ? OffsetTracker.NO_EPOCH : 210);

    tracker.advanceTo(214, 300);
    assertThat(tracker.committableEpoch()).isEqualTo(300);
    tracker.advanceTo(214, OffsetTracker.NO_EPOCH);
    assertThat(tracker.committableEpoch()).isEqualTo(300);
    tracker.advanceTo(213, 301);
    assertThat(tracker.committableEpoch()).isEqualTo(300);
    tracker.advanceTo(215);
    assertThat(tracker.committableEpoch()).isEqualTo(OffsetTracker.NO_EPOCH);
  }
}
