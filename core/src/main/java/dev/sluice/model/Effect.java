package dev.sluice.model;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One change to one item that a write makes. Its keys are logical ones: where the table is sharded,
 * the writer puts the suffix on. What each kind can promise when it is repeated, or when a request
 * that timed out lands late, stands with the kind.
 *
 * <p>{@code toString} names the kind and the table, never the item.
 */
public sealed interface Effect {

  /** {@return the name of the declared table} */
  String table();

  /** {@return the item, or for a delete or an update its key attributes; unmodifiable} */
  Map<String, AttributeValue> item();

  /**
   * Puts the item if no item with its key exists; if one does, it stays as it is. Harmless however
   * often it is repeated and however late it lands, unless somebody else deleted the item in
   * between: then it comes back.
   *
   * @param table the name of the declared table
   * @param item the whole item, its key attributes included
   */
  record Create(String table, Map<String, AttributeValue> item) implements Effect {
    /** Copies the item. */
    public Create {
      requireNonNull(table, "table");
      item = ItemCopy.of(item);
    }

    @Override
    public String toString() {
      return "create in " + table;
    }
  }

  /**
   * Puts the item, replacing any with the same key. The last to arrive wins: after a timeout, a
   * replay or a takeover an older event can overwrite a newer one, so use it for keys that only one
   * event writes, or where that is acceptable.
   *
   * @param table the name of the declared table
   * @param item the whole item, its key attributes included
   */
  record Put(String table, Map<String, AttributeValue> item) implements Effect {
    /** Copies the item. */
    public Put {
      requireNonNull(table, "table");
      item = ItemCopy.of(item);
    }

    @Override
    public String toString() {
      return "put to " + table;
    }
  }

  /**
   * Deletes the item with the key, if there is one. As with {@link Put}, the last to arrive wins.
   * Not for sharded tables: the item may be on any shard.
   *
   * @param table the name of the declared table
   * @param item the key attributes and nothing else
   */
  record Delete(String table, Map<String, AttributeValue> item) implements Effect {
    /** Copies the key. */
    public Delete {
      requireNonNull(table, "table");
      item = ItemCopy.of(item);
    }

    @Override
    public String toString() {
      return "delete from " + table;
    }
  }

  /**
   * Puts the item if none with its key exists, or one with a lower version does. Order holds under
   * every fault: repeated or late, a stale one changes nothing and ends as {@link
   * Outcome.Superseded}. The version is stored in the table's {@linkplain Table#versionedBy version
   * attribute}. The versions of one item must differ: an item that has this very version already
   * counts as this one where an earlier attempt may have put it, and ends as {@link
   * Outcome.Superseded} under {@link Mode#TRANSACTIONAL}, where the ledger tells of earlier
   * attempts.
   *
   * <p>Not for sharded tables: two events of one item must meet at one key.
   *
   * @param table the name of the declared table
   * @param item the whole item, its key attributes included, without the version attribute
   * @param version the version, which grows with time: a sequence number, or a change's time
   */
  record PutIfNewer(String table, Map<String, AttributeValue> item, long version)
      implements Effect {
    /** Copies the item. */
    public PutIfNewer {
      requireNonNull(table, "table");
      item = ItemCopy.of(item);
    }

    @Override
    public String toString() {
      return "put if newer to " + table;
    }
  }

  /**
   * Replaces the item by a tombstone if none with its key exists, or one with a lower version does;
   * otherwise as {@link PutIfNewer}. The tombstone has the key, the version, and {@value
   * #TOMBSTONE} set to true; it has to stay for as long as an older put may still arrive, and
   * readers have to leave it out.
   *
   * @param table the name of the declared table
   * @param item the key attributes and nothing else
   * @param version the version
   */
  record DeleteIfNewer(String table, Map<String, AttributeValue> item, long version)
      implements Effect {
    /** Copies the key. */
    public DeleteIfNewer {
      requireNonNull(table, "table");
      item = ItemCopy.of(item);
    }

    @Override
    public String toString() {
      return "delete if newer from " + table;
    }
  }

  /**
   * Changes the item, or makes it, as an update expression says: {@code ADD #count :one}. Only
   * under {@link Mode#TRANSACTIONAL}, where it is applied once and never again; under other modes a
   * repetition would count twice. A condition cannot be given.
   *
   * @param table the name of the declared table
   * @param item the key attributes and nothing else
   * @param expression the update expression, in DynamoDB's language
   * @param names its attribute names ({@code #count}), possibly none
   * @param values its attribute values ({@code :one}), possibly none
   */
  record Update(
      String table,
      Map<String, AttributeValue> item,
      String expression,
      Map<String, String> names,
      Map<String, AttributeValue> values)
      implements Effect {
    /** Copies the key, the names and the values. */
    public Update {
      requireNonNull(table, "table");
      item = ItemCopy.of(item);
      requireNonNull(expression, "expression");
      names = ItemCopy.of(names);
      values = ItemCopy.of(values);
    }

    @Override
    public String toString() {
      return "update in " + table;
    }
  }

  /** The attribute that marks a tombstone: a BOOL that is true. */
  String TOMBSTONE = "deleted";
}
