package dev.sluice.model;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An event and what it does: an id that names what happened, and the effects that must be seen once
 * however often the event arrives. Immutable; each method returns a new write.
 *
 * <pre>{@code
 * Write.event("order-17-paid")
 *     .create("payments", payment)
 *     .put("orders", order);
 * }</pre>
 *
 * <p>The event id names <em>what happened</em> ({@code order-17-paid}), not the thing it happened
 * to ({@code order-17}). No two effects of one write may name the same item.
 */
public final class Write {
  private final String eventId;
  private final List<Effect> effects;
  private final @Nullable Fingerprint fingerprint;

  private Write(String eventId, List<Effect> effects, @Nullable Fingerprint fingerprint) {
    this.eventId = eventId;
    this.effects = effects;
    this.fingerprint = fingerprint;
  }

  /**
   * Starts a write.
   *
   * @param eventId the event's id, unique within the ledger's scope; whether it is empty or too
   *     long is checked when the write is made
   * @return a write without effects, which would only claim the id
   */
  public static Write event(String eventId) {
    return new Write(requireNonNull(eventId, "eventId"), List.of(), null);
  }

  /**
   * Adds a {@link Effect.Create}.
   *
   * @param table the name of the declared table
   * @param item the whole item
   * @return this write and the effect
   */
  public Write create(String table, Map<String, AttributeValue> item) {
    return with(new Effect.Create(table, item));
  }

  /**
   * Adds a {@link Effect.Put}.
   *
   * @param table the name of the declared table
   * @param item the whole item
   * @return this write and the effect
   */
  public Write put(String table, Map<String, AttributeValue> item) {
    return with(new Effect.Put(table, item));
  }

  /**
   * Adds a {@link Effect.Delete}.
   *
   * @param table the name of the declared table
   * @param key the key attributes
   * @return this write and the effect
   */
  public Write delete(String table, Map<String, AttributeValue> key) {
    return with(new Effect.Delete(table, key));
  }

  /**
   * Adds an {@link Effect.PutIfNewer}.
   *
   * @param table the name of the declared table
   * @param item the whole item without its version
   * @param version the version
   * @return this write and the effect
   */
  public Write putIfNewer(String table, Map<String, AttributeValue> item, long version) {
    return with(new Effect.PutIfNewer(table, item, version));
  }

  /**
   * Adds an {@link Effect.DeleteIfNewer}.
   *
   * @param table the name of the declared table
   * @param key the key attributes
   * @param version the version
   * @return this write and the effect
   */
  public Write deleteIfNewer(String table, Map<String, AttributeValue> key, long version) {
    return with(new Effect.DeleteIfNewer(table, key, version));
  }

  /**
   * Adds an {@link Effect.Update}.
   *
   * @param table the name of the declared table
   * @param key the key attributes
   * @param expression the update expression
   * @param names its attribute names, possibly none
   * @param values its attribute values, possibly none
   * @return this write and the effect
   */
  public Write update(
      String table,
      Map<String, AttributeValue> key,
      String expression,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    return with(new Effect.Update(table, key, expression, names, values));
  }

  /**
   * Adds an effect.
   *
   * @param effect what to add
   * @return this write and the effect
   */
  public Write with(Effect effect) {
    requireNonNull(effect, "effect");
    if (effects.isEmpty()) {
      return new Write(eventId, List.of(effect), fingerprint);
    }
    List<Effect> more = new ArrayList<>(effects);
    more.add(effect);
    return new Write(eventId, List.copyOf(more), fingerprint);
  }

  /**
   * Names the content by which an event id reused for something else is noticed. The Kafka adapter
   * names the record's value where the mapper named nothing.
   *
   * @param content any bytes; only their fingerprint is kept
   * @return this write with that fingerprint
   */
  public Write fingerprintOf(byte[] content) {
    return fingerprint(Fingerprint.of(content));
  }

  /**
   * As {@link #fingerprintOf}, for content whose fingerprint was taken already.
   *
   * @param content its fingerprint
   * @return this write with that fingerprint
   */
  public Write fingerprint(Fingerprint content) {
    return new Write(eventId, effects, requireNonNull(content, "content"));
  }

  /** {@return the event's id} */
  public String eventId() {
    return eventId;
  }

  /** {@return the effects in the order they were added; unmodifiable} */
  public List<Effect> effects() {
    return effects;
  }

  /** {@return the fingerprint of the content, if one was named} */
  public Optional<Fingerprint> fingerprint() {
    return Optional.ofNullable(fingerprint);
  }

  /** {@return the effects' kinds and tables; neither the event id nor any item} */
  @Override
  public String toString() {
    return "Write" + effects;
  }
}
