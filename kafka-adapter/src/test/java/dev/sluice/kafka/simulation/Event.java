package dev.sluice.kafka.simulation;

import dev.sluice.model.Mode;
import dev.sluice.model.Write;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Something that happened, and what it does.
 *
 * @param id its id
 * @param shape what it does
 * @param entity for those that say how an entity is from now on, which one: the record's key
 * @param version for those, where they stand among their likes
 */
record Event(String id, Shape shape, String entity, long version) {
  static final String EVENT = "event";
  static final String CONTENT = "content";
  static final String POISON = "poison";
  static final String COUNT = "count";
  static final String VERSION = "version";

  /** What an event does. */
  enum Shape {
    CREATE,
    PUT_SHARDED,
    /** Says how its entity is, by version: order holds whatever happens. */
    ENTITY,
    /** Says how its entity is, without a version: the last to arrive wins. */
    STATE,
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
      case ENTITY -> write.putIfNewer(SimulatedTables.PLAIN, Map.of("pk", pk()), version);
      case STATE ->
          write.put(
              SimulatedTables.PLAIN,
              Map.of("pk", pk(), VERSION, AttributeValue.fromN(Long.toString(version))));
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

  /** {@return the key of the item that it shares with the other events of its entity, or null} */
  String sharedItem() {
    return entity == null ? null : pk().s();
  }

  private AttributeValue pk() {
    return AttributeValue.fromS(
        (shape == Shape.ENTITY ? "entity-" : "state-") + Objects.requireNonNull(entity));
  }

  private Map<String, AttributeValue> item(String pk, int content) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("pk", AttributeValue.fromS(pk));
    item.put(EVENT, AttributeValue.fromS(id));
    item.put(CONTENT, AttributeValue.fromN(Integer.toString(content)));
    return item;
  }
}
