package dev.sluice.kafka.simulation;

import dev.sluice.model.Mode;
import dev.sluice.model.Write;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Something that happened, and what it does.
 *
 * @param id its id
 * @param shape what it does
 */
record Event(String id, Shape shape) {
  static final String EVENT = "event";
  static final String CONTENT = "content";
  static final String POISON = "poison";
  static final String COUNT = "count";

  /** What an event does. */
  enum Shape {
    CREATE,
    PUT_SHARDED,
    /** Adds one to a counter of its own: under {@link Mode#TRANSACTIONAL} only. */
    COUNT,
    /** The table refuses its item. */
    POISON,
    /** The writer refuses its item, which has no key. */
    INVALID
  }

  /** The write of one record of the event; it may have one of two contents. */
  Write write(int content) {
    Write write = Write.event(id);
    return switch (shape) {
      case CREATE -> write.create(SimulatedTables.PLAIN, item("own-" + id, content));
      case PUT_SHARDED -> write.put(SimulatedTables.SHARDED, item("sharded-" + id, content));
      case COUNT ->
          write.update(
              SimulatedTables.PLAIN,
              Map.of("pk", AttributeValue.fromS("counted-" + id)),
              "ADD #count :one SET #event = :event",
              Map.of("#count", COUNT, "#event", EVENT),
              Map.of(":one", AttributeValue.fromN("1"), ":event", AttributeValue.fromS(id)));
      case POISON -> {
        Map<String, AttributeValue> item = item("own-" + id, content);
        item.put(POISON, AttributeValue.fromBool(true));
        yield write.create(SimulatedTables.PLAIN, item);
      }
      case INVALID -> {
        Map<String, AttributeValue> item = item("", content);
        item.remove("pk");
        yield write.create(SimulatedTables.PLAIN, item);
      }
    };
  }

  String value(int content) {
    return id + '/' + content;
  }

  /** {@return whether it can take effect at all} */
  boolean isSound() {
    return shape != Shape.POISON && shape != Shape.INVALID;
  }

  private Map<String, AttributeValue> item(String pk, int content) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("pk", AttributeValue.fromS(pk));
    item.put(EVENT, AttributeValue.fromS(id));
    item.put(CONTENT, AttributeValue.fromN(Integer.toString(content)));
    return item;
  }
}
