package dev.sluice.request;

import dev.sluice.item.PrimaryKey;
import dev.sluice.item.TableWithKeys;
import dev.sluice.model.Effect;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Describes one effect as it goes to its table, with the suffix in its key.
 *
 * @param table the table
 * @param kind what to do
 * @param key the identity of the item
 * @param item the item, or for a delete or an update its key attributes
 * @param update what to do for an update, or null
 */
public record EffectRequest(
    TableWithKeys table,
    Kind kind,
    PrimaryKey key,
    Map<String, AttributeValue> item,
    Effect.@Nullable Update update) {

  /** What to do with the item. */
  public enum Kind {
    /** Put it if it is absent. */
    CREATE,
    /** Put it. */
    PUT,
    /** Delete it. */
    DELETE,
    /** Put it if none is there, or one with a lower version is. */
    PUT_IF_NEWER,
    /** Change it as an expression says, in a transaction. */
    UPDATE
  }
}
