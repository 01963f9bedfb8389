package dev.sluice.read;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.KeySchema;
import dev.sluice.request.QueryReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Reads shards' pages by the key schema that was given, and rejects what shows that the table has
 * another: else the merge would leave items out.
 */
final class PageReader {
  private final String table;
  private final KeySchema keys;
  private final SortOrder order;
  private final boolean ascending;
  private final Set<String> names;

  PageReader(String table, KeySchema keys, SortOrder order, boolean ascending) {
    this.table = table;
    this.keys = keys;
    this.order = order;
    this.ascending = ascending;
    this.names = new TreeSet<>(Set.of(keys.partitionKey()));
    keys.sortKey().ifPresent(names::add);
  }

  /**
   * The items of a page.
   *
   * @throws ConfigurationException if they do not fit the schema
   */
  List<Entry> entries(Shard shard, QueryReply.Page page) {
    List<Entry> entries = new ArrayList<>(page.items().size());
    AttributeValue after = shard.nextPage().after();
    Object before = after == null ? null : order.key(after);
    for (Map<String, AttributeValue> item : page.items()) {
      AttributeValue sortKey = SortOrder.sortKey(keys, item);
      Object key = order.key(sortKey);
      requireInOrder(before, key);
      before = key;
      entries.add(new Entry(shard.index(), sortKey, key, item));
    }
    return entries;
  }

  private void requireInOrder(@Nullable Object before, Object key) {
    if (before == null) {
      return;
    }
    int step = order.compare(before, key);
    if (ascending ? step >= 0 : step <= 0) {
      throw otherKeys(
          order == SortOrder.NONE
              ? "several items of one partition key"
              : "items that are not in the order of their sort key");
    }
  }

  /**
   * Where the shard's next page begins.
   *
   * @throws ConfigurationException if the page's end does not fit the schema
   */
  Position next(QueryReply.Page page) {
    Map<String, AttributeValue> lastKey = page.lastKey();
    if (lastKey == null) {
      return Position.DONE;
    }
    if (!lastKey.keySet().equals(names)) {
      throw otherKeys("the key " + new TreeSet<>(lastKey.keySet()));
    }
    // Without a sort key there is one item to a key, and nothing behind it.
    return order == SortOrder.NONE
        ? Position.DONE
        : Position.after(SortOrder.sortKey(keys, lastKey));
  }

  private ConfigurationException otherKeys(String found) {
    return new ConfigurationException(
        "The table '"
            + table
            + "' has "
            + found
            + ", which the key schema that was given, "
            + keys
            + ", cannot have. Give the reader the table's own.");
  }
}
