package dev.sluice.ledger;

import dev.sluice.model.Duplicates;
import dev.sluice.model.Outcome;
import dev.sluice.model.Outcome.Conflict.Kind;

/** Decides what an existing ledger entry means for a write: a replay, a duplicate or a conflict. */
public sealed interface Decision {

  /** My own earlier attempt: the effects are made again, at the suffixes of the entry. */
  record Replay() implements Decision {}

  /** A duplicate: the effects are made again, at the suffixes of the entry. */
  record Reapply() implements Decision {}

  /**
   * The write has ended.
   *
   * @param outcome as a duplicate or a conflict
   */
  record Ended(Outcome outcome) implements Decision {}

  /**
   * Decides by the source, the content and the mapping, in that order. The owner of a claim is the
   * source record: whoever processes it, its effects may not be durable yet, so an entry of the
   * same source is never a duplicate. In a transaction they are durable with the entry, and are
   * never applied again.
   *
   * @param standing the entry that stands in the ledger
   * @param mine the entry that the write asked for
   * @param duplicates what to do with duplicates
   * @return what to do
   */
  static Decision of(LedgerEntry standing, LedgerEntry mine, Duplicates duplicates) {
    boolean ownSource = standing.source().equals(mine.source());
    if (!ownSource && standing.source().isOfSameRecordAs(mine.source())) {
      // Another write of my own record holds the id: a mapper that yields more or fewer writes than
      // when it was claimed, or one id twice. That record is not done, so this is no duplicate.
      return conflict(Kind.MAPPING_CHANGED, standing);
    }
    if (!standing.isSameContent(mine)) {
      return conflict(ownSource ? Kind.CONTENT_CHANGED : Kind.OTHER_CONTENT, standing);
    }
    boolean isApplied = mine.mode() == LedgerEntry.Mode.TRANSACTIONAL;
    if (!ownSource && (duplicates == Duplicates.DROP || isApplied)) {
      return new Ended(new Outcome.Duplicate(standing.source()));
    }
    if (!standing.isSameMapping(mine)) {
      return conflict(Kind.MAPPING_CHANGED, standing);
    }
    if (isApplied) {
      return new Ended(new Outcome.Replayed(standing.suffixes()));
    }
    return ownSource ? new Replay() : new Reapply();
  }

  private static Decision conflict(Kind kind, LedgerEntry standing) {
    return new Ended(new Outcome.Conflict(kind, standing.source()));
  }
}
