package dev.sluice.benchmarks.writer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What happened, as a consumer hands it over: all of it made before the clock starts.
 *
 * @param id the event's id
 * @param source where its record came from
 * @param item what it writes: {@value #ITEM_BYTES} bytes as stored
 */
record Event(String id, String source, Map<String, AttributeValue> item) {
  static final int ITEM_BYTES = 700;

  private static final String PARTITION_KEY = Tables.PARTITION_KEY;
  private static final String STATUS = "created";
  private static final String CUSTOMER = "customer-4711";
  private static final int NAMES_AND_AMOUNT =
      PARTITION_KEY.length()
          + "status".length()
          + "customer".length()
          + "amount".length()
          + "payload".length()
          + 3; // an amount of four digits

  /** As many events as asked for, of ids that no other round has. */
  static List<Event> ofRound(int round, int count) {
    List<Event> events = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      // Of one length, so that every round has the same bytes.
      String id = "order-%03d-%08d-paid".formatted(round, i);
      events.add(new Event(id, "payments/%d/%012d".formatted(i % 3, i), item(id, i)));
    }
    return events;
  }

  private static Map<String, AttributeValue> item(String id, int number) {
    int payload = ITEM_BYTES - NAMES_AND_AMOUNT - id.length() - STATUS.length() - CUSTOMER.length();
    return Map.of(
        PARTITION_KEY,
        AttributeValue.fromS(id),
        "status",
        AttributeValue.fromS(STATUS),
        "customer",
        AttributeValue.fromS(CUSTOMER),
        "amount",
        AttributeValue.fromN(Integer.toString(1001 + number % 8 * 2)),
        "payload",
        AttributeValue.fromS("x".repeat(payload)));
  }
}
