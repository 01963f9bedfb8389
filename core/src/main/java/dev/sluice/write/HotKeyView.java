package dev.sluice.write;

import dev.sluice.item.PrimaryKey;
import dev.sluice.model.HotKey;
import dev.sluice.pacing.HotKeys;
import dev.sluice.shard.PhysicalKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What other threads see of the hot keys, and of items that are written faster than one after the
 * other: which they are, and whether what is open to them leaves the buffer too little room for
 * others. As of the loop's last turn, so that more may come in while one is under way. Written by
 * the loop; safe to be read by any thread.
 */
public final class HotKeyView {
  private record PartitionKey(String table, int range, Object value) {}

  /** The open writes to a hot key. */
  private static final class Taken {
    int writes;
    long bytes;
  }

  private final int most;
  private final long mostBytes;
  private volatile List<HotKey> keys = List.of();
  private volatile Set<PartitionKey> hot = Set.of();
  private volatile boolean crowded;
  private volatile Set<PrimaryKey> crowdedItems = Set.of();
  // What belongs to the loop: the hot keys, and what is open to each and to all.
  private Map<PartitionKey, Taken> taken = Map.of();
  private int allTaken;
  private long allTakenBytes;

  /**
   * Creates a view without hot keys.
   *
   * @param maxBufferedItems the buffer's room in writes; hot keys may take half of it
   * @param maxBufferedBytes the buffer's room in bytes, likewise
   */
  public HotKeyView(int maxBufferedItems, long maxBufferedBytes) {
    this.most = Math.max(1, maxBufferedItems / 2);
    this.mostBytes = maxBufferedBytes / 2;
  }

  /** {@return the hot keys, as of a moment ago} */
  public List<HotKey> keys() {
    return keys;
  }

  /** {@return what finds the items that take more than a quarter of the buffer} */
  LongKeyLines longKeyLines() {
    return new LongKeyLines(most / 2, mostBytes / 2, keys -> crowdedItems = keys);
  }

  /**
   * Whether a write has to stay outside for now, since it is for a hot key, those already take
   * their half of the buffer, and this one no less than half of its share of that; or for an item
   * that takes a quarter of it by itself.
   *
   * @param write the write
   * @return whether it has to
   */
  public boolean keepsOut(PendingWrite write) {
    Set<PrimaryKey> items = crowdedItems;
    Set<PartitionKey> now = crowded ? hot : Set.of();
    if (items.isEmpty() && now.isEmpty()) {
      return false;
    }
    for (EffectTask task : write.effects) {
      PrimaryKey key = task.key();
      if (items.contains(key)) {
        return true;
      }
      if (!now.isEmpty() && hasKey(task, now::contains)) {
        return true;
      }
    }
    return false;
  }

  /** Shows what is hot now. */
  void publish(Iterable<TablePacing> pacings, Iterable<PendingWrite> open) {
    Map<PartitionKey, Taken> now = new HashMap<>();
    List<HotKey> shown = new ArrayList<>();
    for (TablePacing pacing : pacings) {
      List<TableHotKeys.Range> ranges = pacing.hot().ranges();
      for (int range = 0; range < ranges.size(); range++) {
        for (HotKeys.State state : ranges.get(range).keys().states()) {
          HotKey key = hotKey(pacing.table(), ranges.get(range).index(), state);
          shown.add(key);
          Object known = range == 0 ? known(pacing, key, state) : state.key();
          now.put(new PartitionKey(pacing.table(), range, known), new Taken());
        }
      }
    }
    keys = List.copyOf(shown);
    if (!now.keySet().equals(taken.keySet())) {
      open.forEach(this::ended);
      taken = now;
      open.forEach(this::opened);
    }
    hot = crowding();
  }

  /** Which shard a write goes to is drawn later: what any has open counts for all. */
  private static Object known(TablePacing pacing, HotKey key, HotKeys.State state) {
    return pacing.isSharded()
        ? PhysicalKey.parse(key.partitionKey())
            .map(sharded -> comparable(sharded.logicalKey()))
            .orElse(state.key())
        : state.key();
  }

  /** A key with little open leaves room to others, and may be written to. */
  private Set<PartitionKey> crowding() {
    Set<PartitionKey> crowding = new HashSet<>();
    int shares = 2 * taken.size();
    taken.forEach(
        (key, its) -> {
          if (its.writes > 0 && (its.writes >= most / shares || its.bytes >= mostBytes / shares)) {
            crowding.add(key);
          }
        });
    return crowding;
  }

  /** A write is open from now on. */
  void opened(PendingWrite write) {
    if (!taken.isEmpty()) {
      count(write, 1);
    }
  }

  /** A write is open no more; to be told before whoever waits for room is. */
  void ended(PendingWrite write) {
    if (write.hot) {
      count(write, -1);
    }
  }

  private void count(PendingWrite write, int one) {
    boolean isHot = false;
    for (EffectTask task : write.effects) {
      isHot |=
          hasKey(
              task,
              key -> {
                Taken its = taken.get(key);
                if (its != null) {
                  its.writes += one;
                  its.bytes += one * task.bytes();
                }
                return its != null;
              });
    }
    if (isHot) {
      write.hot = one > 0;
      allTaken += one;
      allTakenBytes += one * write.bytes;
      boolean now = allTaken >= most || allTakenBytes >= mostBytes;
      if (crowded != now) {
        crowded = now;
      }
    }
  }

  /** Whether something holds of one of the keys that an effect has, in its table and indexes. */
  private static boolean hasKey(EffectTask task, Predicate<PartitionKey> test) {
    boolean any = false;
    for (int range = 0; range <= task.plan.indexKeys().size(); range++) {
      Object key = range == 0 ? task.knownAs().partition() : task.partitionKey(range);
      any |= key != null && test.test(new PartitionKey(task.knownAs().table(), range, key));
    }
    return any;
  }

  /** Nobody is kept out any more: the writer is closed. */
  void clear() {
    taken = Map.of();
    crowded = false;
    hot = Set.of();
    crowdedItems = Set.of();
    keys = List.of();
  }

  private static Object comparable(AttributeValue key) {
    return key.s() != null ? key.s() : key.b();
  }

  private static HotKey hotKey(String table, String index, HotKeys.State state) {
    return new HotKey(
        table,
        index,
        attribute(state.key()),
        state.unitsPerSecond(),
        Math.round(state.admittedUnits()),
        Math.round(state.throttledUnits()),
        state.waiting());
  }

  private static AttributeValue attribute(Object key) {
    if (key instanceof String text) {
      return AttributeValue.fromS(text);
    }
    return key instanceof BigDecimal number
        ? AttributeValue.fromN(number.toPlainString())
        : AttributeValue.fromB((SdkBytes) key);
  }
}
