package dev.sluice.simulation;

import dev.sluice.model.Duplicates;
import dev.sluice.model.Outcome;
import java.util.HashSet;
import java.util.Set;

/**
 * The write units that a run may take at most, by the table of modes in the README: for every
 * delivery a claim, two if its event is known, and its effects, and no effects for a duplicate that
 * was dropped.
 */
final class Bill {
  private static final int CLAIM = 1;

  private final Duplicates duplicates;
  private final Set<String> seen = new HashSet<>();
  private long ledger;
  private long data;

  Bill(Duplicates duplicates) {
    this.duplicates = duplicates;
  }

  /** Spent on what was there before. */
  void alreadySpent(long units) {
    data += units;
  }

  /** A record was handed to a writer. */
  void delivered(Event event) {
    // In a batch, the claim of a known event says only that it is known: then it is asked for.
    ledger += seen.add(event.id()) ? CLAIM : 2 * CLAIM;
    data += event.effects();
  }

  /** A writer was asked to release a claim. */
  void released() {
    ledger += 1;
  }

  /** A write ended. */
  void ended(Event event, Outcome outcome) {
    boolean dropped =
        outcome instanceof Outcome.Conflict
            || (outcome instanceof Outcome.Duplicate && duplicates == Duplicates.DROP);
    if (dropped) {
      data -= event.effects();
    }
  }

  void check(double ledgerUnits, double dataUnits, Checks checks) {
    checks.require(
        ledgerUnits >= seen.size() && ledgerUnits <= ledger,
        "claims took " + ledgerUnits + " units, not " + seen.size() + " to " + ledger);
    checks.require(dataUnits <= data, "effects took " + dataUnits + " units, more than " + data);
  }
}
