package dev.sluice.benchmarks.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A record as all pipelines read it: which event, and where it came from.
 *
 * @param eventId the event
 * @param source the record's place
 * @param fields what happened
 */
record Delivery(String eventId, String source, List<String> fields) {
  /** Names, key and small fields of an item: what is not payload. */
  static final int OVERHEAD_BYTES = 80;

  private static final int FIELDS = 4;

  static Delivery of(ConsumerRecord<byte[], byte[]> record) {
    return new Delivery(
        new String(record.key(), UTF_8),
        record.partition() + "-" + record.offset(),
        List.of(new String(record.value(), UTF_8).split("\\|", FIELDS)));
  }

  /**
   * {@return the event's item at a key of this delivery's own, so that an event that takes effect
   * twice leaves two items}
   */
  Map<String, AttributeValue> itemOfDelivery() {
    return item(eventId + '@' + source);
  }

  /** {@return the event's item at the event's key, for who has nothing else to know it by} */
  Map<String, AttributeValue> itemOfEvent() {
    return item(eventId);
  }

  private Map<String, AttributeValue> item(String key) {
    return Map.of(
        Tables.KEY,
        fromS(key),
        "status",
        fromS(fields.get(0)),
        "customer",
        fromS(fields.get(1)),
        "amount",
        fromN(fields.get(2)),
        "payload",
        fromS(fields.get(3)));
  }
}
