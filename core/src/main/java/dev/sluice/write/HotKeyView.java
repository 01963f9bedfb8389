package dev.sluice.write;

import dev.sluice.flow.HotKeys;
import dev.sluice.item.PrimaryKey;
import dev.sluice.model.HotKey;
import dev.sluice.shard.KeySharder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What other threads see of the hot keys, and of items that are written faster than one after the
 * other: which they are, and whether what waits for them leaves the buffer too little room for
 * others. As of the loop's last turn, so that more may come in while one is under way. Written by
 * the loop; safe to be read by any thread.
 */
public final class HotKeyView {
  private record PartitionKey(String table, Object value) {}

  private final int maxWaiting;
  private final long maxWaitingBytes;
  private volatile List<HotKey> keys = List.of();
  private volatile Set<PartitionKey> hot = Set.of();
  private volatile boolean crowded;
  private volatile Set<PrimaryKey> crowdedItems = Set.of();

  /**
   * Creates a view without hot keys.
   *
   * @param maxBufferedItems the buffer's room in writes; hot keys may take half of it
   * @param maxBufferedBytes the buffer's room in bytes, likewise
   */
  public HotKeyView(int maxBufferedItems, long maxBufferedBytes) {
    this.maxWaiting = Math.max(1, maxBufferedItems / 2);
    this.maxWaitingBytes = maxBufferedBytes / 2;
  }

  /** {@return the hot keys, as of a moment ago} */
  public List<HotKey> keys() {
    return keys;
  }

  /** {@return what finds the items that take more than a quarter of the buffer} */
  LongLines longLines() {
    return new LongLines(maxWaiting / 2, maxWaitingBytes / 2, keys -> crowdedItems = keys);
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
      if (!now.isEmpty() && now.contains(new PartitionKey(key.table(), key.partition()))) {
        return true;
      }
    }
    return false;
  }

  void publish(Iterable<TableFlow> flows) {
    Set<PartitionKey> values = new HashSet<>();
    List<HotKey> shown = new ArrayList<>();
    int shares = 0;
    for (TableFlow flow : flows) {
      shares += flow.hot().size();
    }
    for (TableFlow flow : flows) {
      for (HotKeys.State state : flow.hot().states()) {
        HotKey key = hotKey(flow.table(), state);
        shown.add(key);
        // A key with little waiting leaves room to others, and may be written to.
        if (takesItsShare(state, shares)) {
          values.add(new PartitionKey(flow.table(), state.key()));
          if (flow.isSharded()) {
            // Which shard a write goes to is drawn later: any shard's line counts for all.
            KeySharder.parse(key.partitionKey())
                .map(KeySharder.Sharded::logicalKey)
                .ifPresent(
                    logical -> values.add(new PartitionKey(flow.table(), comparable(logical))));
          }
        }
      }
    }
    hot = values;
    keys = List.copyOf(shown);
  }

  private boolean takesItsShare(HotKeys.State state, int shares) {
    return state.waiting() > 0
        && (state.waiting() >= maxWaiting / (2 * shares)
            || state.waitingBytes() >= maxWaitingBytes / (2L * shares));
  }

  /** Nobody is kept out any more: the writer is closed. */
  void clear() {
    crowded = false;
    hot = Set.of();
    crowdedItems = Set.of();
    keys = List.of();
  }

  private static Object comparable(AttributeValue key) {
    return key.s() != null ? key.s() : key.b();
  }

  void crowd(int waiting, long bytes) {
    boolean now = waiting >= maxWaiting || bytes >= maxWaitingBytes;
    if (crowded != now) {
      crowded = now;
    }
  }

  private static HotKey hotKey(String table, HotKeys.State state) {
    return new HotKey(
        table,
        attribute(state.key()),
        state.unitsPerSecond(),
        Math.round(state.admittedUnits()),
        Math.round(state.refusedUnits()),
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
