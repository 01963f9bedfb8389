package dev.sluice.testkit.simulated.fidelity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Random requests, of all operations on items. */
final class RandomRequest {

  private static final ReturnConsumedCapacity TOTAL = ReturnConsumedCapacity.TOTAL;
  private static final ReturnConsumedCapacity INDEXES = ReturnConsumedCapacity.INDEXES;

  private final Attributes attributes;
  private final Tables tables;
  private final RandomTransaction transactions;

  RandomRequest(SplittableRandom random, Tables tables, double wrong) {
    this.attributes = new Attributes(random, wrong);
    this.tables = tables;
    this.transactions = new RandomTransaction(attributes, tables, this);
  }

  DynamoDbRequest next() {
    return switch (attributes.pick(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))) {
      case 0, 1 -> put();
      case 2 -> delete();
      case 3, 4 -> update();
      case 5 -> get();
      case 6 -> batchWrite();
      case 7 -> batchGet();
      case 8, 9 -> statements();
      case 10, 11 -> attributes.chance(0.5) ? transactions.next() : query();
      default ->
          attributes.chance(0.9)
              ? scan()
              : DescribeTimeToLiveRequest.builder().tableName(table().name()).build();
    };
  }

  private Tables.Shape table() {
    return attributes.pick(tables.shapes());
  }

  private String name(Tables.Shape shape) {
    return attributes.chance(0.01) ? "no-such-table" : shape.name();
  }

  private RandomExpression expression() {
    return new RandomExpression(attributes);
  }

  private ReturnValuesOnConditionCheckFailure onFailure() {
    return attributes.chance(0.5) ? ReturnValuesOnConditionCheckFailure.ALL_OLD : null;
  }

  PutItemRequest put() {
    var shape = table();
    var put =
        PutItemRequest.builder()
            .tableName(name(shape))
            .item(attributes.item(shape))
            .returnValuesOnConditionCheckFailure(onFailure())
            .returnConsumedCapacity(INDEXES)
            .returnValues(attributes.pick(List.of(ReturnValue.NONE, ReturnValue.ALL_OLD)));
    if (attributes.chance(0.6)) {
      var expression = expression();
      put.conditionExpression(expression.condition(2));
      put.expressionAttributeNames(orNull(expression.names));
      put.expressionAttributeValues(orNull(expression.values));
    }
    return put.build();
  }

  DeleteItemRequest delete() {
    var shape = table();
    var delete =
        DeleteItemRequest.builder()
            .tableName(name(shape))
            .key(attributes.key(shape))
            .returnValuesOnConditionCheckFailure(onFailure())
            .returnConsumedCapacity(INDEXES)
            .returnValues(attributes.pick(List.of(ReturnValue.NONE, ReturnValue.ALL_OLD)));
    if (attributes.chance(0.5)) {
      var expression = expression();
      delete.conditionExpression(expression.condition(2));
      delete.expressionAttributeNames(orNull(expression.names));
      delete.expressionAttributeValues(orNull(expression.values));
    }
    return delete.build();
  }

  UpdateItemRequest update() {
    var shape = table();
    var expression = expression();
    var update =
        UpdateItemRequest.builder()
            .tableName(name(shape))
            .key(attributes.key(shape))
            .returnValuesOnConditionCheckFailure(onFailure())
            .returnConsumedCapacity(INDEXES)
            .updateExpression(expression.update())
            .returnValues(
                attributes.pick(
                    List.of(
                        ReturnValue.NONE,
                        ReturnValue.ALL_OLD,
                        ReturnValue.ALL_NEW,
                        ReturnValue.UPDATED_OLD,
                        ReturnValue.UPDATED_NEW)));
    if (attributes.chance(0.4)) {
      update.conditionExpression(expression.condition(1));
    }
    return update
        .expressionAttributeNames(orNull(expression.names))
        .expressionAttributeValues(orNull(expression.values))
        .build();
  }

  private GetItemRequest get() {
    var shape = table();
    return GetItemRequest.builder()
        .tableName(name(shape))
        .key(attributes.key(shape))
        .consistentRead(attributes.chance(0.5))
        .returnConsumedCapacity(TOTAL)
        .projectionExpression(attributes.chance(0.2) ? "p1, pk" : null)
        .build();
  }

  private BatchWriteItemRequest batchWrite() {
    Map<String, List<WriteRequest>> requests = new LinkedHashMap<>();
    int count = attributes.chance(0.02) ? 26 : attributes.pick(List.of(1, 2, 3, 5));
    for (int i = 0; i < count; i++) {
      var shape = table();
      var request =
          attributes.chance(0.7)
              ? WriteRequest.builder().putRequest(put -> put.item(attributes.item(shape))).build()
              : WriteRequest.builder()
                  .deleteRequest(delete -> delete.key(attributes.key(shape)))
                  .build();
      requests.computeIfAbsent(name(shape), table -> new ArrayList<>()).add(request);
    }
    return BatchWriteItemRequest.builder()
        .requestItems(requests)
        .returnConsumedCapacity(TOTAL)
        .build();
  }

  private BatchGetItemRequest batchGet() {
    Map<String, List<Map<String, AttributeValue>>> keys = new LinkedHashMap<>();
    for (int i = attributes.pick(List.of(1, 2, 3, 4)); i > 0; i--) {
      var shape = table();
      keys.computeIfAbsent(name(shape), table -> new ArrayList<>())
          .add(NormalKeys.of(attributes.key(shape)));
    }
    Map<String, KeysAndAttributes> requests = new LinkedHashMap<>();
    keys.forEach(
        (table, some) ->
            requests.put(
                table,
                KeysAndAttributes.builder()
                    .keys(some)
                    .consistentRead(attributes.chance(0.5))
                    .build()));
    return BatchGetItemRequest.builder()
        .requestItems(requests)
        .returnConsumedCapacity(TOTAL)
        .build();
  }

  private BatchExecuteStatementRequest statements() {
    Map<Object, BatchStatementRequest> statements = new LinkedHashMap<>();
    boolean reads = attributes.chance(0.3);
    int count = attributes.chance(0.02) ? 26 : attributes.pick(List.of(1, 2, 3, 5));
    for (int i = 0; i < count; i++) {
      var shape = table();
      boolean select = reads != attributes.chance(0.01);
      var item = select ? attributes.key(shape) : attributes.item(shape);
      // KnownDifferences says why an item is never inserted twice in a batch.
      var place = select ? i : shape.name() + NormalKeys.of(Tables.keyOf(item));
      statements.put(place, select ? select(shape, item) : insert(shape, item));
    }
    return BatchExecuteStatementRequest.builder().statements(statements.values()).build();
  }

  private BatchStatementRequest insert(Tables.Shape shape, Map<String, AttributeValue> item) {
    item.putIfAbsent("p1", attributes.value(1));
    var list = new ArrayList<String>();
    item.keySet().forEach(name -> list.add("'" + name + "': ?"));
    return BatchStatementRequest.builder()
        .statement("INSERT INTO \"" + name(shape) + "\" VALUE {" + String.join(", ", list) + "}")
        .parameters(item.values())
        .build();
  }

  private BatchStatementRequest select(Tables.Shape shape, Map<String, AttributeValue> key) {
    var list = new ArrayList<String>();
    key.keySet().forEach(name -> list.add(name + " = ?"));
    return BatchStatementRequest.builder()
        .statement(
            list.isEmpty()
                ? "SELECT * FROM \"" + name(shape) + "\" WHERE pk = ?"
                : "SELECT * FROM \"" + name(shape) + "\" WHERE " + String.join(" AND ", list))
        .parameters(list.isEmpty() ? List.of(AttributeValue.fromS("a")) : key.values())
        .consistentRead(attributes.chance(0.5))
        .build();
  }

  private QueryRequest query() {
    var shape = table();
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":pk", attributes.keyPart(shape.partition()));
    var condition = "pk = :pk";
    if (shape.sort() != 0 && attributes.chance(0.6)) {
      values.put(":low", attributes.keyPart(shape.sort()));
      condition +=
          attributes.pick(
              List.of(
                  " AND sk > :low",
                  " AND sk <= :low",
                  " AND sk = :low",
                  " AND sk >= :low",
                  " AND begins_with(sk, :low)"));
    }
    return QueryRequest.builder()
        .tableName(name(shape))
        .keyConditionExpression(condition)
        .expressionAttributeValues(values)
        .scanIndexForward(attributes.chance(0.5))
        .consistentRead(attributes.chance(0.5))
        .limit(attributes.chance(0.5) ? attributes.pick(List.of(1, 2, 3)) : null)
        .returnConsumedCapacity(TOTAL)
        .build();
  }

  private ScanRequest scan() {
    var shape = table();
    var scan =
        ScanRequest.builder()
            .tableName(name(shape))
            .consistentRead(attributes.chance(0.5))
            .returnConsumedCapacity(TOTAL);
    if (attributes.chance(0.5)) {
      var filter = expression();
      scan.filterExpression(
          "attribute_exists(pk) AND (p1 = " + filter.put(attributes.value(0)) + ")");
      scan.expressionAttributeValues(filter.values);
    }
    return scan.build();
  }

  static <K, V> Map<K, V> orNull(Map<K, V> map) {
    return map.isEmpty() ? null : map;
  }
}
