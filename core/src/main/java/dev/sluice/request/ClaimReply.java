package dev.sluice.request;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.ledger.LedgerItem;
import dev.sluice.model.ConfigurationException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What came back for a claim. */
public sealed interface ClaimReply {

  /**
   * The entry was put: first sight, or the old entry had expired.
   *
   * @param expireAt when it expires, in epoch seconds
   */
  record Claimed(long expireAt) implements ClaimReply {}

  /**
   * An entry stands already.
   *
   * @param standing it
   * @param expireAt when it expires, in epoch seconds
   */
  record Held(LedgerEntry standing, long expireAt) implements ClaimReply {}

  /**
   * The entry was put, and the effects were made with it.
   *
   * @param expireAt when it expires, in epoch seconds
   */
  record Applied(long expireAt) implements ClaimReply {}

  /** An entry stands already; the reply does not say which. */
  record Exists() implements ClaimReply {}

  /** Nothing is known from this request: the claim must be put by a request of its own. */
  record Alone() implements ClaimReply {}

  /**
   * The request failed.
   *
   * @param failure why
   */
  record Failed(Failure failure) implements ClaimReply {}

  /**
   * The reply that shows the entry that stands.
   *
   * @param item an item of the ledger table
   * @return the entry, or a failure if it is not one of ours
   */
  static ClaimReply held(Map<String, AttributeValue> item) {
    try {
      return new Held(LedgerItem.parse(item), LedgerItem.expireAt(item));
    } catch (ConfigurationException e) {
      return new Failed(new Failure(Failure.Kind.SYSTEM, "ForeignLedgerEntry", e));
    }
  }

  /**
   * The same reply for every claim of a request.
   *
   * @param count how many there were
   * @param reply what came back for each
   * @return the replies
   */
  static List<ClaimReply> all(int count, ClaimReply reply) {
    return Collections.nCopies(count, reply);
  }
}
