package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.NotSimulatedError.refuseIf;
import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.expression.Placeholders;
import dev.sluice.testkit.simulated.expression.Projection;
import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.item.StoredItem;
import dev.sluice.testkit.simulated.throughput.Admission;
import dev.sluice.testkit.simulated.throughput.Charge;
import dev.sluice.testkit.simulated.throughput.Throttle;
import dev.sluice.testkit.simulated.throughput.UnitKind;
import dev.sluice.testkit.simulated.throughput.Units;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.util.DefaultSdkAutoConstructMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/** {@code GetItem} and {@code BatchGetItem}. */
final class Reads {

  /** The most keys of a batch: {@code BatchGetItem} of the API reference. */
  private static final int MOST_KEYS = 100;

  /** The largest reply of a batch, in bytes: the same. */
  private static final long MOST_BYTES = 16L * 1024 * 1024;

  /** One key to read, and how. */
  private record Wanted(
      Table table,
      ItemKey key,
      Map<String, AttributeValue> asGiven,
      KeysAndAttributes group,
      boolean consistent,
      Selection selection) {}

  /** Which attributes to give back: all, if there is no projection. */
  private record Selection(@Nullable Projection projection, Placeholders placeholders) {
    Map<String, AttributeValue> of(StoredItem item) {
      return projection == null
          ? item.attributes()
          : projection.of(item.attributes(), placeholders);
    }
  }

  private final Tables tables;
  private final Expressions expressions;
  private final Admission admission;

  Reads(Tables tables, Expressions expressions, Admission admission) {
    this.tables = tables;
    this.expressions = expressions;
    this.admission = admission;
  }

  GetItemResponse get(GetItemRequest request, long now) {
    refuseIf(request.hasAttributesToGet(), "AttributesToGet");
    var selection = selection(request.projectionExpression(), request.expressionAttributeNames());
    var key = StoredItem.of(request.key()).attributes();
    var table = tables.require(request.tableName());
    boolean consistent = Boolean.TRUE.equals(request.consistentRead());
    var itemKey = table.schema().ofKey(key);
    var item = table.read(itemKey, consistent, now);
    var charge = charge(table, itemKey, item, consistent);
    var throttle = admission.take(charge, now);
    if (throttle != null) {
      throw throttle.exception();
    }
    var consumption = new Consumption(request.returnConsumedCapacity());
    consumption.add(charge);
    var response = GetItemResponse.builder().consumedCapacity(consumption.single());
    if (item != null) {
      response.item(selection.of(item));
    }
    return response.build();
  }

  BatchGetItemResponse batchGet(BatchGetItemRequest request, long now) {
    var wanted = check(request.requestItems());
    var consumption = new Consumption(request.returnConsumedCapacity());
    Map<String, List<Map<String, AttributeValue>>> found = new LinkedHashMap<>();
    request.requestItems().keySet().forEach(table -> found.put(table, new ArrayList<>()));
    List<Wanted> unprocessed = new ArrayList<>();
    Throttle last = null;
    long bytes = 0;
    for (var each : wanted) {
      var item = each.table().read(each.key(), each.consistent(), now);
      bytes += item == null ? 0 : item.bytes();
      var charge = charge(each.table(), each.key(), item, each.consistent());
      var throttle = bytes > MOST_BYTES ? null : admission.take(charge, now);
      if (bytes > MOST_BYTES || throttle != null) {
        unprocessed.add(each);
        last = throttle;
      } else {
        consumption.add(charge);
        if (item != null) {
          found
              .computeIfAbsent(each.table().name(), name -> new ArrayList<>())
              .add(each.selection().of(item));
        }
      }
    }
    if (unprocessed.size() == wanted.size() && last != null) {
      throw last.exception();
    }
    return BatchGetItemResponse.builder()
        .responses(found)
        .unprocessedKeys(group(unprocessed))
        .consumedCapacity(consumption.byTable())
        .build();
  }

  private List<Wanted> check(Map<String, KeysAndAttributes> requests) {
    int count =
        Members.present(requests, "RequestItems").values().stream()
            .mapToInt(group -> group.keys().size())
            .sum();
    if (count == 0
        || count > MOST_KEYS
        || requests.values().stream().anyMatch(group -> group.keys().isEmpty())) {
      throw validation("a batch of " + count + " keys");
    }
    List<Wanted> wanted = new ArrayList<>(count);
    for (var request : requests.entrySet()) {
      var group = request.getValue();
      refuseIf(group.hasAttributesToGet(), "AttributesToGet");
      var selection = selection(group.projectionExpression(), group.expressionAttributeNames());
      boolean consistent = Boolean.TRUE.equals(group.consistentRead());
      var table = tables.require(request.getKey());
      Set<ItemKey> keys = new HashSet<>();
      for (var key : Members.present(group.keys(), "Keys")) {
        var itemKey = table.schema().ofKey(StoredItem.of(key).attributes());
        if (!keys.add(itemKey)) {
          throw validation("one key twice in a batch");
        }
        wanted.add(new Wanted(table, itemKey, key, group, consistent, selection));
      }
    }
    return wanted;
  }

  private static Map<String, KeysAndAttributes> group(List<Wanted> unprocessed) {
    Map<String, KeysAndAttributes> groups = new LinkedHashMap<>();
    for (var each : unprocessed) {
      groups.merge(
          each.table().name(),
          each.group().toBuilder().keys(List.of(each.asGiven())).build(),
          (left, right) -> {
            List<Map<String, AttributeValue>> keys = new ArrayList<>(left.keys());
            keys.addAll(right.keys());
            return left.toBuilder().keys(keys).build();
          });
    }
    return groups;
  }

  private Selection selection(@Nullable String projection, Map<String, String> names) {
    var parsed = projection == null ? null : expressions.projection(projection);
    return new Selection(
        parsed,
        Placeholders.of(
            names,
            DefaultSdkAutoConstructMap.getInstance(),
            parsed == null ? List.of() : List.of(parsed)));
  }

  private static Charge charge(
      Table table, ItemKey key, @Nullable StoredItem item, boolean consistent) {
    double units = Units.read(item == null ? 0 : item.bytes(), consistent);
    return new Charge(table.name(), key.partition(), UnitKind.READ, units);
  }
}
