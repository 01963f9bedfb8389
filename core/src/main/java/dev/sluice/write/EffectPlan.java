package dev.sluice.write;

import dev.sluice.item.ItemSize;
import dev.sluice.item.PrimaryKey;
import dev.sluice.item.TableWithKeys;
import dev.sluice.model.Effect;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.request.EffectRequest;
import dev.sluice.shard.PhysicalKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * An effect, checked: what is to be sent to which item, but for the suffix.
 *
 * @param kind what to do
 * @param route the table
 * @param item what is sent, under its logical key
 * @param key the logical key
 * @param size its size; in its table, for an update, as far as that is known
 * @param update what to do for an update, or null
 * @param indexKeys the partition keys that it has in the table's indexes, as far as it is in them
 */
record EffectPlan(
    EffectRequest.Kind kind,
    TableRoute route,
    Map<String, AttributeValue> item,
    PrimaryKey key,
    ItemSize size,
    Effect.@Nullable Update update,
    List<@Nullable Object> indexKeys) {

  private static final long BYTES_A_UNIT = 1024;

  /**
   * Checks an effect.
   *
   * @throws InvalidWriteException if it is invalid
   */
  static EffectPlan of(Effect effect, TableRoute route) {
    Map<String, AttributeValue> item = withLogicalKey(item(effect, route), route);
    TableWithKeys table = route.table();
    Effect.Update update = effect instanceof Effect.Update asked ? asked : null;
    boolean bareKey = effect instanceof Effect.Delete || update != null;
    ItemSize size =
        bareKey
            ? table.checkBareKey(item, route.suffixBytes())
            : table.checkItem(item, route.suffixBytes());
    return new EffectPlan(
        kind(effect),
        route,
        item,
        PrimaryKey.of(table, item),
        update == null ? size : withUpdate(size, update),
        update,
        table.indexKeys(item));
  }

  private static ItemSize withUpdate(ItemSize key, Effect.Update update) {
    long expression = expressionBytes(update);
    ItemSize values = ItemSize.of(update.values());
    return new ItemSize(
        key.stored() + values.stored(),
        key.wire() + values.wire() + expression,
        key.heap() + values.heap() + expression);
  }

  private static long expressionBytes(Effect.Update update) {
    if (update.expression().isBlank()) {
      throw new InvalidWriteException(
          "An '" + update + "' has an empty expression; say what it does, as in \"ADD #n :one\".");
    }
    requireUnicode(update, update.expression());
    long bytes = ItemSize.utf8Length(update.expression());
    for (Map.Entry<String, String> name : update.names().entrySet()) {
      requireUnicode(update, name.getKey());
      requireUnicode(update, name.getValue());
      bytes += ItemSize.utf8Length(name.getKey()) + ItemSize.utf8Length(name.getValue());
    }
    return bytes;
  }

  private static void requireUnicode(Effect.Update update, String text) {
    if (!ItemSize.isUnicode(text)) {
      throw new InvalidWriteException(
          "An '"
              + update
              + "' has an expression or a name that is not Unicode: it has half of a surrogate"
              + " pair.");
    }
  }

  /** {@return its size on the wire, at most} */
  long wireBytes() {
    return size.wire();
  }

  /** {@return its size in its table, or for an update what is known of it} */
  long storedBytes() {
    return size.stored();
  }

  /** {@return the write units that it takes in its table: one for each started KB} */
  long units() {
    return (size.stored() + BYTES_A_UNIT - 1) / BYTES_A_UNIT;
  }

  private static EffectRequest.Kind kind(Effect effect) {
    if (effect instanceof Effect.Create) {
      return EffectRequest.Kind.CREATE;
    }
    if (effect instanceof Effect.Put) {
      return EffectRequest.Kind.PUT;
    }
    if (effect instanceof Effect.Update) {
      return EffectRequest.Kind.UPDATE;
    }
    return effect instanceof Effect.Delete
        ? EffectRequest.Kind.DELETE
        : EffectRequest.Kind.PUT_IF_NEWER;
  }

  private static Map<String, AttributeValue> item(Effect effect, TableRoute route) {
    if (effect instanceof Effect.PutIfNewer put) {
      return versioned(put, put.version(), route);
    }
    if (effect instanceof Effect.DeleteIfNewer delete) {
      route.table().checkBareKey(delete.item(), 0);
      Map<String, AttributeValue> tombstone = versioned(delete, delete.version(), route);
      tombstone.put(Effect.TOMBSTONE, AttributeValue.fromBool(true));
      return tombstone;
    }
    if (effect instanceof Effect.Delete) {
      requireUnsharded(effect, route);
    }
    return effect.item();
  }

  /** Number keys are sharded as strings; where the table has another type, its check says so. */
  private static Map<String, AttributeValue> withLogicalKey(
      Map<String, AttributeValue> item, TableRoute route) {
    String name = route.table().partitionKey();
    AttributeValue key = item.get(name);
    if (route.sharder().isNone()
        || key == null
        || key.n() == null
        || route.table().schema().types().get(name) != ScalarAttributeType.S) {
      return item;
    }
    Map<String, AttributeValue> changed = new HashMap<>(item);
    try {
      changed.put(name, PhysicalKey.logical(key));
    } catch (IllegalArgumentException e) {
      throw new InvalidWriteException(
          "An item for the table '"
              + route.table().name()
              + "' cannot be sharded: "
              + e.getMessage());
    }
    return changed;
  }

  private static void requireUnsharded(Effect effect, TableRoute route) {
    if (!route.sharder().isNone()) {
      throw new InvalidWriteException(
          "The table '"
              + effect.table()
              + "' is sharded ("
              + route.sharder()
              + "), and so cannot take a '"
              + effect
              + "': two events of one item would not meet at one key. Use create or put, or do not"
              + " shard it.");
    }
  }

  private static Map<String, AttributeValue> versioned(
      Effect effect, long version, TableRoute route) {
    String attribute = route.table().versionAttribute();
    requireUnsharded(effect, route);
    if (effect.item().containsKey(attribute) || effect.item().containsKey(Effect.TOMBSTONE)) {
      throw new InvalidWriteException(
          "A versioned item for the table '"
              + effect.table()
              + "' holds the attribute '"
              + attribute
              + "' or '"
              + Effect.TOMBSTONE
              + "', which Sluice writes; leave them out, or name another with"
              + " Table.versionedBy.");
    }
    Map<String, AttributeValue> item = new HashMap<>(effect.item());
    item.put(attribute, AttributeValue.fromN(Long.toString(version)));
    return item;
  }
}
