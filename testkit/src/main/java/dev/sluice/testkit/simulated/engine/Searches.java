package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.NotSimulatedError.refuseIf;
import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.expression.Expression;
import dev.sluice.testkit.simulated.expression.Placeholders;
import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.item.KeySchema;
import dev.sluice.testkit.simulated.item.StoredItem;
import dev.sluice.testkit.simulated.throughput.Admission;
import dev.sluice.testkit.simulated.throughput.Charge;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.Select;

/** {@code Query} and {@code Scan}, page by page. */
final class Searches {

  /** A page of a scan is charged to one partition, as if it came from there. */
  private static final Object WHOLE_TABLE = "";

  private final Tables tables;
  private final Expressions expressions;
  private final Admission admission;

  Searches(Tables tables, Expressions expressions, Admission admission) {
    this.tables = tables;
    this.expressions = expressions;
    this.admission = admission;
  }

  QueryResponse query(QueryRequest request, long now) {
    refuseIf(request.indexName() != null, "a read of an index: IndexName");
    refuseIf(
        request.hasKeyConditions()
            || request.hasQueryFilter()
            || request.hasAttributesToGet()
            || request.conditionalOperator() != null,
        "the parameters that expressions replaced");
    refuseIf(request.projectionExpression() != null, "a projection in a query");
    boolean countOnly = countOnly(request.select());
    if (request.keyConditionExpression() == null) {
      throw validation("a query needs a key condition");
    }
    var condition = expressions.condition(request.keyConditionExpression());
    var filter =
        request.filterExpression() == null
            ? null
            : expressions.condition(request.filterExpression());
    var placeholders =
        Placeholders.of(
            request.expressionAttributeNames(),
            request.expressionAttributeValues(),
            present(condition, filter));
    condition.check(placeholders);
    var table = tables.require(request.tableName());
    var schema = table.schema();
    if (filter != null) {
      filter.check(placeholders);
      filter.checkNoKey(schema, placeholders);
    }
    var partitionValue = condition.partitionKey(schema, placeholders);
    var partitionKey = partitionKey(table, partitionValue);
    var search =
        new Page.Search(
            table,
            item -> condition.holds(item, placeholders),
            Page.filter(filter, placeholders),
            request.limit(),
            Boolean.TRUE.equals(request.consistentRead()));
    var start = start(table, request.hasExclusiveStartKey() ? request.exclusiveStartKey() : null);
    if (start != null && !start.partition().equals(partitionKey)) {
      throw validation("the start key is of another partition");
    }
    boolean ascending = !Boolean.FALSE.equals(request.scanIndexForward());
    var page = search.read(table.items().partition(partitionKey, start, ascending), now);
    var charge = take(search.charge(page, partitionKey), now);
    var consumption = new Consumption(request.returnConsumedCapacity());
    consumption.add(charge);
    var response =
        QueryResponse.builder()
            .count(page.items().size())
            .scannedCount(page.scanned())
            .lastEvaluatedKey(page.lastKey())
            .consumedCapacity(consumption.single());
    return countOnly ? response.build() : response.items(page.items()).build();
  }

  ScanResponse scan(ScanRequest request, long now) {
    refuseIf(request.indexName() != null, "a read of an index: IndexName");
    refuseIf(request.segment() != null || request.totalSegments() != null, "a parallel scan");
    refuseIf(
        request.hasScanFilter()
            || request.hasAttributesToGet()
            || request.conditionalOperator() != null,
        "the parameters that expressions replaced");
    refuseIf(request.projectionExpression() != null, "a projection in a scan");
    boolean countOnly = countOnly(request.select());
    var filter =
        request.filterExpression() == null
            ? null
            : expressions.condition(request.filterExpression());
    var placeholders =
        Placeholders.of(
            request.expressionAttributeNames(),
            request.expressionAttributeValues(),
            present(filter));
    if (filter != null) {
      filter.check(placeholders);
    }
    var table = tables.require(request.tableName());
    var search =
        new Page.Search(
            table,
            item -> true,
            Page.filter(filter, placeholders),
            request.limit(),
            Boolean.TRUE.equals(request.consistentRead()));
    var start = start(table, request.hasExclusiveStartKey() ? request.exclusiveStartKey() : null);
    var page = search.read(table.items().all(start), now);
    var charge = take(search.charge(page, WHOLE_TABLE), now);
    var consumption = new Consumption(request.returnConsumedCapacity());
    consumption.add(charge);
    var response =
        ScanResponse.builder()
            .count(page.items().size())
            .scannedCount(page.scanned())
            .lastEvaluatedKey(page.lastKey())
            .consumedCapacity(consumption.single());
    return countOnly ? response.build() : response.items(page.items()).build();
  }

  private Charge take(Charge charge, long now) {
    var throttle = admission.take(charge, now);
    if (throttle != null) {
      throw throttle.exception();
    }
    return charge;
  }

  private static Object partitionKey(Table table, AttributeValue value) {
    var attribute = table.schema().partition();
    var alone = new KeySchema(attribute, null);
    return alone.ofItem(Map.of(attribute.name(), value)).partition();
  }

  private static @Nullable ItemKey start(
      Table table, @Nullable Map<String, AttributeValue> startKey) {
    return startKey == null ? null : table.schema().ofKey(StoredItem.of(startKey).attributes());
  }

  private static boolean countOnly(@Nullable Select select) {
    Members.known(select, "Select");
    refuseIf(
        select != null && select != Select.COUNT && select != Select.ALL_ATTRIBUTES,
        "Select " + select);
    return select == Select.COUNT;
  }

  private static List<Expression> present(@Nullable Expression... expressions) {
    return Stream.of(expressions).filter(Objects::nonNull).map(Expression.class::cast).toList();
  }
}
