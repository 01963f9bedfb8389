package dev.sluice.request;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.ledger.LedgerItem;
import dev.sluice.model.ConfigurationException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Says what a request found out about one claim: an answer of the ledger, or why there is none. How
 * a claim without an answer goes on is the sender's affair.
 */
public sealed interface ClaimReply {
  /** An answer of the ledger: the claim is decided. */
  sealed interface Answer extends ClaimReply {}

  /**
   * The entry was put: first sight, or the old entry had expired.
   *
   * @param expireAt when it expires, in epoch seconds
   */
  record Claimed(long expireAt) implements Answer {}

  /**
   * An entry stands already.
   *
   * @param standing it
   * @param expireAt when it expires, in epoch seconds
   */
  record Held(LedgerEntry standing, long expireAt) implements Answer {

    /** Whether it has expired and is another source's; the condition of a put has the last word. */
    boolean mayBeTakenOver(LedgerEntry mine, ServiceTime time) {
      return time.hasPassed(expireAt) && !standing.source().equals(mine.source());
    }
  }

  /**
   * The entry was put, and the effects were made with it.
   *
   * @param expireAt when it expires, in epoch seconds
   */
  record Applied(long expireAt) implements Answer {}

  /** An entry stands already; the reply does not say which. */
  record Exists() implements ClaimReply {}

  /** The request did not put the entry, and found none that stands in its way. */
  record NotPut() implements ClaimReply {}

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
   * The reply to a claim that went by some time. An entry that has expired since is to be claimed
   * again; before the first answer of the service none counts as expired.
   *
   * @param mine the claim
   * @param sent the time that it went by
   * @param time the time as it is known by now
   * @return this reply, or that the entry is not put yet
   */
  default ClaimReply judged(LedgerEntry mine, ServiceTime.Moment sent, ServiceTime time) {
    boolean again =
        this instanceof Held held
            && time.hasPassedSince(sent, held.expireAt)
            && held.mayBeTakenOver(mine, time);
    return again ? new NotPut() : this;
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
