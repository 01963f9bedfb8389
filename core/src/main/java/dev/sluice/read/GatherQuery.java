package dev.sluice.read;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.KeySchema;
import dev.sluice.request.QueryShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What to read of a logical key: all of it in ascending order, unless something else is said.
 * Immutable; each method gives a changed copy.
 */
public final class GatherQuery {
  /** The items of a page unless another number is set. */
  public static final int DEFAULT_LIMIT = 100;

  /** The most items that are read of a shard at a time unless another number is set. */
  public static final int DEFAULT_SHARD_PAGE_SIZE = 1_000;

  /** The most items that are read for a page, with what a filter leaves out, unless set. */
  public static final int DEFAULT_MAX_ITEMS_READ = 10_000;

  // A filter leaves some of what is read out; how many, only reading tells.
  private static final int FILTERED_SHARE = 25;
  private static final int FILTERED_TIMES = 4;

  private record Filter(
      String expression, Map<String, String> names, Map<String, AttributeValue> values) {}

  private final AttributeValue logicalKey;
  private @Nullable SortCondition condition;
  private @Nullable Filter filter;
  private Set<String> attributes = Set.of();
  private boolean ascending = true;
  private boolean consistent;
  private int limit = DEFAULT_LIMIT;
  private int shardPageSize = DEFAULT_SHARD_PAGE_SIZE;
  private int maxItemsRead = DEFAULT_MAX_ITEMS_READ;

  private GatherQuery(AttributeValue logicalKey) {
    this.logicalKey = logicalKey;
  }

  private GatherQuery copy() {
    GatherQuery copy = new GatherQuery(logicalKey);
    copy.condition = condition;
    copy.filter = filter;
    copy.attributes = attributes;
    copy.ascending = ascending;
    copy.consistent = consistent;
    copy.limit = limit;
    copy.shardPageSize = shardPageSize;
    copy.maxItemsRead = maxItemsRead;
    return copy;
  }

  /**
   * A query for all items of a logical key.
   *
   * @param logicalKey a string, number or binary key, not empty
   * @return the query
   */
  public static GatherQuery of(AttributeValue logicalKey) {
    return new GatherQuery(requireNonNull(logicalKey, "logicalKey"));
  }

  /**
   * Reads only some sort keys.
   *
   * @param which the condition
   * @return the changed query
   */
  public GatherQuery where(SortCondition which) {
    GatherQuery copy = copy();
    copy.condition = requireNonNull(which, "which");
    return copy;
  }

  /**
   * Reads from the highest sort key to the lowest: the ascending order reversed.
   *
   * @return the changed query
   */
  public GatherQuery descending() {
    GatherQuery copy = copy();
    copy.ascending = false;
    return copy;
  }

  /**
   * Reads strongly consistently, at twice the read units. What was written before a page is asked
   * for is in it, if its place is behind the page before; what was deleted before is not. So
   * nothing that an earlier page has read counts: each page asks all shards anew, and items that
   * were read and did not fit the page are read again for the next; with a {@link #filter} also
   * what the filter has left out since the last item of a shard. How many items a page reads is
   * told at {@link #limit}.
   *
   * <p>By default a read may miss the latest writes, and a page may be made of what was read for
   * the one before.
   *
   * @return the changed query
   */
  public GatherQuery consistent() {
    GatherQuery copy = copy();
    copy.consistent = true;
    return copy;
  }

  /**
   * Sets how many items a page has at most. Each shard is asked for its share of them, and for
   * twice as many each time that it turns out to have more. So a page of {@code L} items over
   * {@code S} shards, spread evenly, reads some {@code L + S + sqrt(L * S)} items. With a {@link
   * #filter} each shard is asked for four shares at first, 25 items at least, since what it leaves
   * out is read as well.
   *
   * @param items at least 1; {@value #DEFAULT_LIMIT} by default
   * @return the changed query
   * @throws IllegalArgumentException if it is out of range
   */
  public GatherQuery limit(int items) {
    GatherQuery copy = copy();
    copy.limit = atLeastOne("limit", items);
    return copy;
  }

  /**
   * Sets how many items are read of a shard at a time, at most; before the filter, if there is one.
   *
   * @param items at least 1; {@value #DEFAULT_SHARD_PAGE_SIZE} by default
   * @return the changed query
   * @throws IllegalArgumentException if it is out of range
   */
  public GatherQuery shardPageSize(int items) {
    GatherQuery copy = copy();
    copy.shardPageSize = atLeastOne("shardPageSize", items);
    return copy;
  }

  private static int atLeastOne(String name, int items) {
    if (items < 1) {
      throw new IllegalArgumentException(name + " is " + items + "; allowed is 1 or more.");
    }
    return items;
  }

  /**
   * Has the service leave out items after it has read them, which costs the same units, and more
   * requests for the same number of items.
   *
   * @param expression a filter expression as in the service's {@code Query}
   * @param names what its {@code #} placeholders stand for
   * @param values what its {@code :} placeholders stand for; none may begin with {@code sluice}
   * @return the changed query
   * @throws IllegalArgumentException if the expression is empty or a placeholder is reserved
   */
  public GatherQuery filter(
      String expression, Map<String, String> names, Map<String, AttributeValue> values) {
    if (requireNonNull(expression, "expression").isBlank()) {
      throw new IllegalArgumentException("The filter expression is empty; leave the filter out.");
    }
    names.keySet().forEach(GatherQuery::requireFree);
    values.keySet().forEach(GatherQuery::requireFree);
    GatherQuery copy = copy();
    copy.filter = new Filter(expression, Map.copyOf(names), Map.copyOf(values));
    return copy;
  }

  private static void requireFree(String placeholder) {
    if (placeholder.startsWith(QueryShape.RESERVED, 1)) {
      throw new IllegalArgumentException(
          "The filter's placeholder '"
              + placeholder
              + "' is reserved; rename it to one that does not begin with '"
              + QueryShape.RESERVED
              + "'.");
    }
  }

  /**
   * Returns some attributes only, those of the key always among them. It costs the same units.
   *
   * @param names top-level attributes, at least one
   * @return the changed query
   * @throws IllegalArgumentException if there is none
   */
  public GatherQuery attributes(String... names) {
    if (names.length == 0) {
      throw new IllegalArgumentException("No attributes are named; leave it out to have all.");
    }
    GatherQuery copy = copy();
    copy.attributes = Set.of(names);
    return copy;
  }

  AttributeValue logicalKey() {
    return logicalKey;
  }

  boolean isAscending() {
    return ascending;
  }

  /**
   * Sets about how many items are read for a page, with what a {@link #filter} leaves out: a page
   * that would take more ends with what has been found, which may be nothing, and a token to go on
   * from. So a caller gets on, page by page, however few items pass the filter. A {@link
   * #consistent} page keeps nothing that was read before, and so is read to its end.
   *
   * @param items at least 1; {@value #DEFAULT_MAX_ITEMS_READ} by default, and never less than the
   *     limit
   * @return the changed query
   * @throws IllegalArgumentException if it is out of range
   */
  public GatherQuery maxItemsRead(int items) {
    GatherQuery copy = copy();
    copy.maxItemsRead = atLeastOne("maxItemsRead", items);
    return copy;
  }

  int limit() {
    return limit;
  }

  /** {@return whether a page for which so many items were read may have more read} */
  boolean mayReadMore(long read) {
    return consistent || filter == null || read < Math.max(maxItemsRead, limit);
  }

  /** {@return how many items to read of a shard at first that has so many of those wanted} */
  int shardShare(int share) {
    return filter == null ? share : Math.max(FILTERED_SHARE, share * FILTERED_TIMES);
  }

  /** {@return how many items to read of a shard at a time, at most, when so many are wanted} */
  int shardLimit(int wanted) {
    return filter == null ? Math.min(wanted, shardPageSize) : shardPageSize;
  }

  /**
   * The query as the shards' requests have it.
   *
   * @throws IllegalArgumentException if it does not fit the table's keys
   */
  QueryShape shape(KeySchema keys) {
    Map<String, String> names = new HashMap<>();
    Map<String, AttributeValue> values = new HashMap<>();
    if (condition != null) {
      condition.check(keys);
      keys.sortKey().ifPresent(name -> names.put(QueryShape.SORT_KEY, name));
      values.putAll(condition.values());
    }
    if (filter != null) {
      names.putAll(filter.names);
      values.putAll(filter.values);
    }
    return new QueryShape(
        condition == null ? "" : condition.expression(),
        names,
        values,
        filter == null ? null : filter.expression,
        projection(keys),
        consistent,
        ascending);
  }

  private List<String> projection(KeySchema keys) {
    if (attributes.isEmpty()) {
      return List.of();
    }
    Set<String> all = new LinkedHashSet<>(attributes);
    all.add(keys.partitionKey());
    keys.sortKey().ifPresent(all::add);
    return new ArrayList<>(all);
  }
}
