package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.expression.ConditionExpression;
import dev.sluice.testkit.simulated.expression.Placeholders;
import dev.sluice.testkit.simulated.item.StoredItem;
import dev.sluice.testkit.simulated.throughput.Charge;
import dev.sluice.testkit.simulated.throughput.UnitKind;
import dev.sluice.testkit.simulated.throughput.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One page of a query or scan.
 *
 * @param items what was found
 * @param scanned how many items were read
 * @param bytes their size
 * @param lastKey where to go on, or null at the end
 */
record Page(
    List<Map<String, AttributeValue>> items,
    int scanned,
    long bytes,
    @Nullable Map<String, AttributeValue> lastKey) {

  /** Where a page ends: {@code Query} of the API reference. */
  private static final long MOST_BYTES = 1024 * 1024;

  /**
   * What to look for.
   *
   * @param table where
   * @param matches what is read, and counts
   * @param filter what of it is given back
   * @param limit the most items to read, or null
   * @param consistent whether an older version will do
   */
  record Search(
      Table table,
      Predicate<Map<String, AttributeValue>> matches,
      Predicate<Map<String, AttributeValue>> filter,
      @Nullable Integer limit,
      boolean consistent) {

    Page read(Iterable<StoredItem> source, long now) {
      if (limit != null && limit < 1) {
        throw validation("a limit of " + limit);
      }
      List<Map<String, AttributeValue>> found = new ArrayList<>();
      int scanned = 0;
      long bytes = 0;
      for (var current : source) {
        var key = table.schema().ofItem(current.attributes());
        var item = table.read(key, consistent, now);
        if (item == null || !matches.test(item.attributes())) {
          continue;
        }
        scanned++;
        bytes += item.bytes();
        if (filter.test(item.attributes())) {
          found.add(item.attributes());
        }
        if (isEnd(scanned, bytes)) {
          return new Page(found, scanned, bytes, table.schema().keyOf(item.attributes()));
        }
      }
      return new Page(found, scanned, bytes, null);
    }

    private boolean isEnd(int scanned, long bytes) {
      return bytes >= MOST_BYTES || (limit != null && scanned == limit);
    }

    Charge charge(Page page, Object partitionKey) {
      double units = Units.read(page.bytes(), consistent);
      return new Charge(table.name(), partitionKey, UnitKind.READ, units);
    }
  }

  static Predicate<Map<String, AttributeValue>> filter(
      @Nullable ConditionExpression filter, Placeholders placeholders) {
    return filter == null ? item -> true : item -> filter.holds(item, placeholders);
  }
}
