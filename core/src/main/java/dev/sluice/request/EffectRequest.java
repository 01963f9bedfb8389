package dev.sluice.request;

import dev.sluice.item.PrimaryKey;
import dev.sluice.model.Effect;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One effect as it goes to its table, its suffix put on.
 *
 * @param kind what to do
 * @param key the identity of the item
 * @param item the item, or for a delete or an update its key attributes
 * @param update what to do for an update, or null
 */
public record EffectRequest(
    Kind kind, PrimaryKey key, Map<String, AttributeValue> item, Effect.@Nullable Update update) {

  /**
   * An effect that is no update.
   *
   * @param kind what to do
   * @param key the identity of the item
   * @param item the item, or for a delete its key attributes
   */
  public EffectRequest(Kind kind, PrimaryKey key, Map<String, AttributeValue> item) {
    this(kind, key, item, null);
  }

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
