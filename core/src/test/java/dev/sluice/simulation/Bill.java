package dev.sluice.simulation;

import dev.sluice.model.Duplicates;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The write units that a run may take at most, by the table of modes in the README: for every
 * delivery its claim and its effects, and no effects for a duplicate that was dropped.
 */
final class Bill {
  private static final int CLAIM = 1;
  private static final int IN_TRANSACTION = 2;

  private final Scenario scenario;
  private final BooleanSupplier expiredItems;
  private final Set<String> seen = new HashSet<>();
  private long ledger;
  private long data;

  Bill(Scenario scenario, BooleanSupplier expiredItems) {
    this.scenario = scenario;
    this.expiredItems = expiredItems;
  }

  /** Spent on what was there before. */
  void alreadySpent(long units) {
    data += units;
  }

  /** A record was handed to a writer. */
  void delivered(Event event) {
    boolean isNew = seen.add(event.id());
    switch (scenario.mode()) {
      case LEDGER -> {
        // In a batch, the claim of a known event says only that it is known: then it is asked for.
        ledger += isNew ? CLAIM : 2 * CLAIM;
        data += event.effects() + asked(event);
      }
      case KEYED -> data += event.effects() + asked(event);
      case TRANSACTIONAL -> {
        // An effect whose item is there already, or newer, leaves, and the rest goes again.
        long attempts = 1L + event.effects() + asked(event);
        ledger += attempts * IN_TRANSACTION * CLAIM;
        data += attempts * IN_TRANSACTION * event.effects();
      }
    }
  }

  /** What is found where items expire is settled by a request of its own, or asked for again. */
  private int asked(Event event) {
    return expiredItems.getAsBoolean() ? event.effects() : 0;
  }

  /** A writer was asked to release a claim. */
  void released() {
    if (scenario.mode() != Mode.KEYED) {
      ledger += 1;
    }
  }

  /** A write ended. */
  void ended(Event event, Outcome outcome) {
    boolean dropped =
        outcome instanceof Outcome.Conflict
            || (outcome instanceof Outcome.Duplicate && scenario.duplicates() == Duplicates.DROP);
    if (dropped && scenario.mode() == Mode.LEDGER) {
      data -= event.effects();
    }
  }

  void check(double ledgerUnits, double dataUnits, Checks checks) {
    if (scenario.maxTransactionEvents() > 1) {
      // Each pays for the duplicates among those that it shares a transaction with.
      return;
    }
    long least = scenario.mode() == Mode.LEDGER ? seen.size() : 0;
    checks.require(
        ledgerUnits >= least && ledgerUnits <= ledger,
        "claims took " + ledgerUnits + " units, not " + least + " to " + ledger);
    checks.require(dataUnits <= data, "effects took " + dataUnits + " units, more than " + data);
  }
}
