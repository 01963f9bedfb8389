package dev.sluice.simulation;

import static dev.sluice.simulation.SimulatedTables.PLAIN;
import static dev.sluice.simulation.SimulatedTables.SHARDED;

import dev.sluice.model.Mode;
import dev.sluice.model.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Something that happened, and what it does.
 *
 * @param id its id
 * @param shape what it does
 * @param entity which entity it changes, if it changes one
 * @param version the version of that entity that it makes
 * @param poison whether the tables reject its item, until that is mended
 */
record Event(String id, Shape shape, int entity, long version, boolean poison) {
  static final String EVENT = "event";
  static final String CONTENT = "content";
  static final String BY = "by";
  static final String POISON = "poison";
  static final String COUNT = "count";

  /** What the logical keys in the sharded table begin with. */
  static final String SHARDED_KEY = "sharded-";

  /** What an event does. */
  enum Shape {
    CREATE,
    /** At a partition key that others have too. */
    CREATE_CROWDED,
    CREATE_SHARDED,
    PUT_SHARDED,
    CREATE_AND_PUT_SHARDED,
    ENTITY,
    CREATE_AND_ENTITY,
    PUT_LAST,
    DELETE,
    COUNT,
    CREATE_AND_COUNT;

    /** The shapes that a mode takes. */
    static List<Shape> of(Mode mode) {
      List<Shape> shapes = new ArrayList<>(List.of(values()));
      shapes.remove(CREATE_CROWDED);
      if (mode != Mode.TRANSACTIONAL) {
        shapes.removeAll(List.of(COUNT, CREATE_AND_COUNT));
      }
      return shapes;
    }
  }

  /**
   * The write of one record of the event.
   *
   * @param content which of two contents the record has
   * @param mapper which of two mappers reads it: they name other items
   */
  Write write(int content, int mapper) {
    Write write =
        Write.event(id).fingerprintOf((id + '/' + content).getBytes(StandardCharsets.UTF_8));
    return switch (shape) {
      case CREATE, CREATE_CROWDED -> write.create(PLAIN, own(content, mapper));
      case CREATE_SHARDED -> write.create(SHARDED, sharded(content, mapper));
      case PUT_SHARDED -> write.put(SHARDED, sharded(content, mapper));
      case CREATE_AND_PUT_SHARDED ->
          write.create(PLAIN, own(content, mapper)).put(SHARDED, sharded(content, mapper));
      case ENTITY -> write.putIfNewer(PLAIN, entityItem(), version);
      case CREATE_AND_ENTITY ->
          write.create(PLAIN, own(content, mapper)).putIfNewer(PLAIN, entityItem(), version);
      case PUT_LAST -> write.put(PLAIN, lastItem());
      case DELETE -> write.delete(PLAIN, key("doomed-" + id, 1));
      case COUNT -> counted(write, mapper);
      case CREATE_AND_COUNT -> counted(write.create(PLAIN, own(content, mapper)), mapper);
    };
  }

  /** Counts the event, and itself in a counter that others count in too. */
  private Write counted(Write write, int mapper) {
    return countedAt(countedAt(write, countedKey(mapper)), sumKey());
  }

  private static Write countedAt(Write write, String key) {
    return write.update(
        PLAIN,
        key(key, 1),
        "ADD #count :one",
        Map.of("#count", COUNT),
        Map.of(":one", AttributeValue.fromN("1")));
  }

  String countedKey(int mapper) {
    return "counted-" + id + '-' + mapper;
  }

  String sumKey() {
    return "sum-" + entity;
  }

  boolean counts() {
    return shape == Shape.COUNT || shape == Shape.CREATE_AND_COUNT;
  }

  private Map<String, AttributeValue> own(int content, int mapper) {
    boolean crowded = shape == Shape.CREATE_CROWDED;
    Map<String, AttributeValue> item =
        crowded
            ? key("crowd-" + entity, 2 * Integer.parseInt(id.substring(1)) + mapper)
            : key("own-" + id + '-' + mapper, 1);
    describe(item, content);
    return item;
  }

  private Map<String, AttributeValue> sharded(int content, int mapper) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("pk", AttributeValue.fromS(SHARDED_KEY + id + '-' + mapper));
    describe(item, content);
    return item;
  }

  private void describe(Map<String, AttributeValue> item, int content) {
    item.put(EVENT, AttributeValue.fromS(id));
    item.put(CONTENT, AttributeValue.fromN(Integer.toString(content)));
    // Where the id was reused for other content, that is the corrected event.
    if (poison && content == 0) {
      item.put(POISON, AttributeValue.fromBool(true));
    }
  }

  private Map<String, AttributeValue> entityItem() {
    return key(entityKey(), 0);
  }

  private Map<String, AttributeValue> lastItem() {
    Map<String, AttributeValue> item = key(lastKey(), 0);
    // The same key, however it is written.
    item.put("sk", AttributeValue.fromN(version % 2 == 0 ? "0" : "0.0"));
    item.put(BY, AttributeValue.fromS(id));
    return item;
  }

  String lastKey() {
    return "last-" + entity;
  }

  String entityKey() {
    return "entity-" + entity;
  }

  static Map<String, AttributeValue> key(String pk, int sk) {
    Map<String, AttributeValue> key = new HashMap<>();
    key.put("pk", AttributeValue.fromS(pk));
    key.put("sk", AttributeValue.fromN(Integer.toString(sk)));
    return key;
  }

  boolean hasOwnItem() {
    return shape == Shape.CREATE
        || shape == Shape.CREATE_CROWDED
        || shape == Shape.CREATE_AND_PUT_SHARDED
        || shape == Shape.CREATE_AND_ENTITY
        || shape == Shape.CREATE_AND_COUNT;
  }

  boolean hasShardedItem() {
    return shape == Shape.CREATE_SHARDED
        || shape == Shape.PUT_SHARDED
        || shape == Shape.CREATE_AND_PUT_SHARDED;
  }

  /** {@return how many items it writes, each of less than 1 KB} */
  int effects() {
    return switch (shape) {
      case CREATE_AND_PUT_SHARDED, CREATE_AND_ENTITY, COUNT -> 2;
      case CREATE_AND_COUNT -> 3;
      default -> 1;
    };
  }

  boolean changesEntity() {
    return shape == Shape.ENTITY || shape == Shape.CREATE_AND_ENTITY;
  }
}
