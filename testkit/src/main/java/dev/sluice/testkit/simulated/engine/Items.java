package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.item.StoredItem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The items of one table: found by partition key, sorted by sort key within it. */
final class Items {

  /** Stands for the sort key in tables that have none. */
  private static final Object NO_SORT_KEY = "";

  /** A scan goes by a hash of the partition key, as in the service: in no order of its own. */
  private static final Comparator<Object> SCAN_ORDER =
      Comparator.<Object>comparingInt(key -> key.hashCode() * 0x9E3779B9)
          .thenComparing(ItemKey.ORDER);

  private final Map<Object, NavigableMap<Object, StoredItem>> partitions = new HashMap<>();
  private @Nullable List<Object> scanOrder;
  private int count;

  int count() {
    return count;
  }

  @Nullable StoredItem get(ItemKey key) {
    var partition = partitions.get(key.partition());
    return partition == null ? null : partition.get(sort(key));
  }

  void put(ItemKey key, StoredItem item) {
    var partition = partitions.get(key.partition());
    if (partition == null) {
      partition = new TreeMap<>(ItemKey.ORDER);
      partitions.put(key.partition(), partition);
      scanOrder = null;
    }
    if (partition.put(sort(key), item) == null) {
      count++;
    }
  }

  void remove(ItemKey key) {
    var partition = partitions.get(key.partition());
    if (partition == null || partition.remove(sort(key)) == null) {
      return;
    }
    count--;
    if (partition.isEmpty()) {
      partitions.remove(key.partition());
      scanOrder = null;
    }
  }

  /** The items of one partition key after a sort key, in ascending or descending order. */
  Iterable<StoredItem> partition(Object partitionKey, @Nullable ItemKey after, boolean ascending) {
    var partition = partitions.get(partitionKey);
    if (partition == null) {
      return List.of();
    }
    var ordered = ascending ? partition : partition.descendingMap();
    return after == null ? ordered.values() : ordered.tailMap(sort(after), false).values();
  }

  /** All items after a key, in the order of a scan. */
  Iterable<StoredItem> all(@Nullable ItemKey after) {
    var order = scanOrder();
    List<Iterable<StoredItem>> parts = new ArrayList<>();
    int from = 0;
    if (after != null) {
      int found = Collections.binarySearch(order, after.partition(), SCAN_ORDER);
      parts.add(partition(after.partition(), after, true));
      from = found >= 0 ? found + 1 : -found - 1;
    }
    var rest = order.subList(from, order.size());
    return () ->
        Stream.concat(parts.stream(), rest.stream().map(key -> partition(key, null, true)))
            .flatMap(part -> StreamSupport.stream(part.spliterator(), false))
            .iterator();
  }

  private List<Object> scanOrder() {
    if (scanOrder == null) {
      scanOrder = new ArrayList<>(partitions.keySet());
      scanOrder.sort(SCAN_ORDER);
    }
    return scanOrder;
  }

  private static Object sort(ItemKey key) {
    return key.sort() == null ? NO_SORT_KEY : key.sort();
  }
}
