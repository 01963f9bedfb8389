package dev.sluice.request;

import dev.sluice.ledger.LedgerEntry;

/** What came back for a claim. */
public sealed interface ClaimReply {

  /** The entry was put: first sight, or the old entry had expired. */
  record Claimed() implements ClaimReply {}

  /**
   * An entry stands already.
   *
   * @param standing it
   */
  record Held(LedgerEntry standing) implements ClaimReply {}

  /**
   * The request failed.
   *
   * @param failure why
   */
  record Failed(Failure failure) implements ClaimReply {}
}
