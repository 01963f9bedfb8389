package dev.sluice.model;

/**
 * How a writer makes each event take effect once. What a mode cannot promise for an effect is
 * rejected by name when the write is made.
 *
 * <p>The write units are those of an event with one effect, everything of at most 1 KB: at first
 * sight, as a duplicate, and when its own record comes again.
 */
public enum Mode {
  /**
   * A claim in the ledger first, then the effects; a record that comes again has its effects
   * applied again where they had gone. For any effects but updates, on tables sharded in any way. 2
   * units, 1 and a read or 2 (none from memory), up to 3.
   */
  LEDGER,
  /**
   * No ledger: the effects themselves carry the event's identity, so that to repeat them changes
   * nothing. For {@link Effect.Create} and {@link Effect.PutIfNewer} at keys that the event alone
   * determines, and for {@link Effect.Put} and {@link Effect.Delete} where the last to arrive may
   * win. The writer does not tell a duplicate from a first sight: every write ends as {@link
   * Outcome.Applied} or {@link Outcome.Superseded}, and no id that is reused is noticed. Not for
   * tables that are sharded at random; and where shards are calculated, to change their number
   * while records may come again writes those twice, at another key. 1 unit each time.
   */
  KEYED,
  /**
   * Ledger entry and effects in one {@code TransactWriteItems}: they are there together or not at
   * all, and a record that comes again is never applied again. For {@linkplain Effect.Update
   * updates}, and for several items that must appear together. At most 99 effects and 4 MB a write.
   * 4 units, 2 or more, 2 or more.
   */
  TRANSACTIONAL
}
