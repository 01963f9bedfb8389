package dev.sluice.testkit.simulated.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.util.DefaultSdkAutoConstructMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * What is to be done to one item, whichever request it came in.
 *
 * @param kind what is to be done
 * @param table the table's name
 * @param content the item to put, or the key
 * @param condition the condition expression, or null
 * @param update the update expression, or null
 * @param names what {@code #names} stand for
 * @param values what {@code :values} stand for
 */
record WriteOrder(
    Kind kind,
    String table,
    Map<String, AttributeValue> content,
    @Nullable String condition,
    @Nullable String update,
    Map<String, String> names,
    Map<String, AttributeValue> values) {

  enum Kind {
    PUT,
    UPDATE,
    DELETE,
    CHECK
  }

  static WriteOrder of(PutItemRequest put) {
    return new WriteOrder(
        Kind.PUT,
        put.tableName(),
        put.item(),
        put.conditionExpression(),
        null,
        put.expressionAttributeNames(),
        put.expressionAttributeValues());
  }

  static WriteOrder of(UpdateItemRequest update) {
    return new WriteOrder(
        Kind.UPDATE,
        update.tableName(),
        update.key(),
        update.conditionExpression(),
        update.updateExpression(),
        update.expressionAttributeNames(),
        update.expressionAttributeValues());
  }

  static WriteOrder of(DeleteItemRequest delete) {
    return new WriteOrder(
        Kind.DELETE,
        delete.tableName(),
        delete.key(),
        delete.conditionExpression(),
        null,
        delete.expressionAttributeNames(),
        delete.expressionAttributeValues());
  }

  static WriteOrder of(Put put) {
    return new WriteOrder(
        Kind.PUT,
        put.tableName(),
        put.item(),
        put.conditionExpression(),
        null,
        put.expressionAttributeNames(),
        put.expressionAttributeValues());
  }

  static WriteOrder of(Update update) {
    return new WriteOrder(
        Kind.UPDATE,
        update.tableName(),
        update.key(),
        update.conditionExpression(),
        update.updateExpression(),
        update.expressionAttributeNames(),
        update.expressionAttributeValues());
  }

  static WriteOrder of(Delete delete) {
    return new WriteOrder(
        Kind.DELETE,
        delete.tableName(),
        delete.key(),
        delete.conditionExpression(),
        null,
        delete.expressionAttributeNames(),
        delete.expressionAttributeValues());
  }

  static WriteOrder of(ConditionCheck check) {
    return new WriteOrder(
        Kind.CHECK,
        check.tableName(),
        check.key(),
        check.conditionExpression(),
        null,
        check.expressionAttributeNames(),
        check.expressionAttributeValues());
  }

  /** An unconditional put or delete. */
  static WriteOrder plain(Kind kind, String table, Map<String, AttributeValue> content) {
    return new WriteOrder(
        kind,
        table,
        content,
        null,
        null,
        DefaultSdkAutoConstructMap.getInstance(),
        DefaultSdkAutoConstructMap.getInstance());
  }
}
