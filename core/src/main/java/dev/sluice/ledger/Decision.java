package dev.sluice.ledger;

import dev.sluice.model.Duplicates;
import dev.sluice.model.Outcome;
import dev.sluice.model.Outcome.Conflict.Kind;

/** What a claim that failed on an existing entry means. */
public sealed interface Decision {

  /**
   * My own earlier attempt: apply the effects again, at the recorded suffixes.
   *
   * @param recorded the entry as it stands
   */
  record Replay(LedgerEntry recorded) implements Decision {}

  /**
   * A duplicate, whose effects are to be made again where those of its canonical record went.
   *
   * @param recorded the entry as it stands
   */
  record Reapply(LedgerEntry recorded) implements Decision {}

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
    return ownSource ? new Replay(standing) : new Reapply(standing);
  }

  private static Decision conflict(Kind kind, LedgerEntry standing) {
    return new Ended(new Outcome.Conflict(kind, standing.source()));
  }
}
