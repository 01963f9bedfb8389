package dev.sluice.testkit.simulated.fidelity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/** Random transactions, made of random single writes; some come again under their token. */
final class RandomTransaction {

  private static final ReturnConsumedCapacity TOTAL = ReturnConsumedCapacity.TOTAL;

  private final Attributes attributes;
  private final Tables tables;
  private final RandomRequest writes;
  private final List<TransactWriteItemsRequest> transactions = new ArrayList<>();

  RandomTransaction(Attributes attributes, Tables tables, RandomRequest writes) {
    this.attributes = attributes;
    this.tables = tables;
    this.writes = writes;
  }

  TransactWriteItemsRequest next() {
    if (!transactions.isEmpty() && attributes.chance(0.2)) {
      var earlier = attributes.pick(transactions);
      return attributes.chance(0.7) ? earlier : earlier.toBuilder().transactItems(valid()).build();
    }
    // KnownDifferences says why an item never occurs twice.
    Map<String, TransactWriteItem> actions = new LinkedHashMap<>();
    for (int i = attributes.pick(List.of(1, 2, 3, 4)); i > 0; i--) {
      var action = action();
      actions.put(place(action), action);
    }
    var transaction =
        TransactWriteItemsRequest.builder()
            .transactItems(actions.values())
            .returnConsumedCapacity(TOTAL)
            .clientRequestToken("token-" + tables.shapes().get(0).name() + transactions.size())
            .build();
    transactions.add(transaction);
    return transaction;
  }

  private static String place(TransactWriteItem action) {
    if (action.put() != null) {
      return action.put().tableName() + Tables.keyOf(action.put().item());
    } else if (action.update() != null) {
      return action.update().tableName() + Tables.keyOf(action.update().key());
    }
    return action.delete() != null
        ? action.delete().tableName() + Tables.keyOf(action.delete().key())
        : action.conditionCheck().tableName() + Tables.keyOf(action.conditionCheck().key());
  }

  /** Nothing is wrong with it: neither promises whether that or the token comes first. */
  private TransactWriteItem valid() {
    var shape = tables.shapes().get(0);
    Map<String, AttributeValue> item = Map.of("pk", attributes.keyPart(shape.partition()));
    return TransactWriteItem.builder().put(put -> put.tableName(shape.name()).item(item)).build();
  }

  private TransactWriteItem action() {
    return switch (attributes.pick(List.of(0, 1, 2, 3))) {
      case 0 -> {
        var put = writes.put();
        yield TransactWriteItem.builder()
            .put(
                p ->
                    p.tableName(put.tableName())
                        .item(NormalKeys.of(put.item()))
                        .conditionExpression(put.conditionExpression())
                        .expressionAttributeNames(
                            RandomRequest.orNull(put.expressionAttributeNames()))
                        .expressionAttributeValues(
                            RandomRequest.orNull(put.expressionAttributeValues()))
                        .returnValuesOnConditionCheckFailure(
                            put.returnValuesOnConditionCheckFailure()))
            .build();
      }
      case 1 -> {
        var update = writes.update();
        yield TransactWriteItem.builder()
            .update(
                u ->
                    u.tableName(update.tableName())
                        .key(NormalKeys.of(update.key()))
                        .updateExpression(update.updateExpression())
                        .conditionExpression(update.conditionExpression())
                        .expressionAttributeNames(
                            RandomRequest.orNull(update.expressionAttributeNames()))
                        .expressionAttributeValues(
                            RandomRequest.orNull(update.expressionAttributeValues()))
                        .returnValuesOnConditionCheckFailure(
                            update.returnValuesOnConditionCheckFailure()))
            .build();
      }
      default -> deleteOrCheck(writes.delete());
    };
  }

  private TransactWriteItem deleteOrCheck(DeleteItemRequest delete) {
    if (delete.conditionExpression() != null && attributes.chance(0.5)) {
      return TransactWriteItem.builder()
          .conditionCheck(
              c ->
                  c.tableName(delete.tableName())
                      .key(NormalKeys.of(delete.key()))
                      .conditionExpression(delete.conditionExpression())
                      .expressionAttributeNames(
                          RandomRequest.orNull(delete.expressionAttributeNames()))
                      .expressionAttributeValues(
                          RandomRequest.orNull(delete.expressionAttributeValues()))
                      .returnValuesOnConditionCheckFailure(
                          delete.returnValuesOnConditionCheckFailure()))
          .build();
    }
    return TransactWriteItem.builder()
        .delete(
            d ->
                d.tableName(delete.tableName())
                    .key(NormalKeys.of(delete.key()))
                    .conditionExpression(delete.conditionExpression())
                    .expressionAttributeNames(
                        RandomRequest.orNull(delete.expressionAttributeNames()))
                    .expressionAttributeValues(
                        RandomRequest.orNull(delete.expressionAttributeValues()))
                    .returnValuesOnConditionCheckFailure(
                        delete.returnValuesOnConditionCheckFailure()))
        .build();
  }
}
