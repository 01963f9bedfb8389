package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.item.StoredItem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What items of one table were before their latest changes, for as long as a replica may lag. */
final class ReplicaLag {

  private record Before(@Nullable StoredItem item, long changedAt) {}

  private record Change(ItemKey key, long at) {}

  private final StaleReads setting;
  private final RandomGenerator random;
  // Of each item the states that it had, the oldest first.
  private final Map<ItemKey, List<Before>> before = new HashMap<>();
  private final Queue<Change> changes = new ArrayDeque<>();

  ReplicaLag(StaleReads setting, RandomGenerator random) {
    this.setting = setting;
    this.random = random;
  }

  void changed(ItemKey key, @Nullable StoredItem old, long now) {
    if (setting.chance() > 0) {
      forgetUntil(now - setting.mostNanos());
      before.computeIfAbsent(key, changed -> new ArrayList<>(1)).add(new Before(old, now));
      changes.add(new Change(key, now));
    }
  }

  /** What an eventually consistent read sees. */
  @Nullable StoredItem read(ItemKey key, @Nullable StoredItem current, long now) {
    if (before.isEmpty()) {
      return current;
    }
    forgetUntil(now - setting.mostNanos());
    var states = before.get(key);
    return states != null && random.nextDouble() < setting.chance()
        ? states.get(states.size() == 1 ? 0 : random.nextInt(states.size())).item()
        : current;
  }

  private void forgetUntil(long end) {
    for (var change = changes.peek();
        change != null && change.at() < end;
        change = changes.peek()) {
      changes.remove();
      var states = before.get(change.key());
      if (states != null) {
        states.removeIf(state -> state.changedAt() < end);
        if (states.isEmpty()) {
          before.remove(change.key());
        }
      }
    }
  }
}
