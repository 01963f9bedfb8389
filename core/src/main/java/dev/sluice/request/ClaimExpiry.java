package dev.sluice.request;

import dev.sluice.model.LedgerTable;

/**
 * Says when a claim expires: its ledger's retention after the later of the two clocks, so that it
 * is kept at least that long.
 */
final class ClaimExpiry {
  private ClaimExpiry() {}

  /**
   * The expiry of a claim that is made now.
   *
   * @param ledger the ledger
   * @param latestSeconds the later of the local and the service's clock, in epoch seconds
   * @return when it expires, in epoch seconds
   */
  static long of(LedgerTable ledger, long latestSeconds) {
    return latestSeconds + ledger.retention().toSeconds();
  }
}
