package dev.sluice.benchmarks.writer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * The requests that Sluice makes, of the same sizes, as somebody would build them who knows the
 * shape of all items beforehand.
 */
final class Requests {
  static final int BATCH = 25;

  private static final String EXPIRES = "1800000000";
  private static final AttributeValue MODE = AttributeValue.fromS("LEDGER");
  private static final AttributeValue NO_SUFFIX = AttributeValue.fromS("-");
  private static final byte[] KEYS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final String INSERT_CLAIM =
      "INSERT INTO \"event-ledger\" VALUE {'expireAt': ?, 'id': ?, 'keys': ?, 'mode': ?, 'src': ?,"
          + " 'suffixes': ?}";
  private static final String INSERT_ITEM =
      "INSERT INTO \"payments\" VALUE {'amount': ?, 'customer': ?, 'payload': ?, 'pk': ?,"
          + " 'status': ?}";
  private static final String CLAIM_CONDITION =
      "attribute_not_exists(#id) OR (#expireAt < :now AND #src <> :mine)";
  private static final Map<String, String> CLAIM_NAMES =
      Map.of("#id", "id", "#expireAt", "expireAt", "#src", "src");

  private Requests() {}

  /** Claims of up to 25 events. */
  static BatchExecuteStatementRequest claims(List<Event> batch) {
    List<BatchStatementRequest> statements = new ArrayList<>(batch.size());
    for (Event event : batch) {
      statements.add(
          BatchStatementRequest.builder()
              .statement(INSERT_CLAIM)
              .parameters(
                  expiry(),
                  id(event),
                  keys(),
                  MODE,
                  AttributeValue.fromS(event.source()),
                  NO_SUFFIX)
              .build());
    }
    return BatchExecuteStatementRequest.builder().statements(statements).build();
  }

  /** The claim of one event. */
  static PutItemRequest claim(Event event) {
    AttributeValue source = AttributeValue.fromS(event.source());
    return PutItemRequest.builder()
        .tableName(Tables.LEDGER.name())
        .item(
            Map.of(
                "id",
                id(event),
                "src",
                source,
                "mode",
                MODE,
                "keys",
                keys(),
                "suffixes",
                NO_SUFFIX,
                "expireAt",
                expiry()))
        .conditionExpression(CLAIM_CONDITION)
        .expressionAttributeNames(CLAIM_NAMES)
        .expressionAttributeValues(Map.of(":now", expiry(), ":mine", source))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .build();
  }

  /** Creates of up to 25 items. */
  static BatchExecuteStatementRequest creates(List<Event> batch) {
    List<BatchStatementRequest> statements = new ArrayList<>(batch.size());
    for (Event event : batch) {
      Map<String, AttributeValue> item = event.item();
      statements.add(
          BatchStatementRequest.builder()
              .statement(INSERT_ITEM)
              .parameters(
                  item.get("amount"),
                  item.get("customer"),
                  item.get("payload"),
                  item.get("pk"),
                  item.get("status"))
              .build());
    }
    return BatchExecuteStatementRequest.builder().statements(statements).build();
  }

  /** Puts of up to 25 items. */
  static BatchWriteItemRequest puts(List<Event> batch) {
    List<WriteRequest> writes = new ArrayList<>(batch.size());
    for (Event event : batch) {
      writes.add(WriteRequest.builder().putRequest(put -> put.item(event.item())).build());
    }
    return BatchWriteItemRequest.builder().requestItems(Map.of(Tables.DATA, writes)).build();
  }

  private static AttributeValue id(Event event) {
    return AttributeValue.fromS("benchmark#" + event.id());
  }

  /** Each event has its own. */
  private static AttributeValue keys() {
    return AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(KEYS));
  }

  private static AttributeValue expiry() {
    return AttributeValue.fromN(EXPIRES);
  }
}
