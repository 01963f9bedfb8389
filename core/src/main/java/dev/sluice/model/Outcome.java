package dev.sluice.model;

import java.util.List;

/**
 * How a write ended well. A failure is a {@link SluiceException} instead.
 *
 * <p>After {@link Applied}, {@link Replayed}, {@link Superseded} and {@link Duplicate} the source
 * may acknowledge the record. A {@link Conflict} applied nothing: the caller decides.
 */
public sealed interface Outcome {

  /**
   * First sight of the event: its effects are durable.
   *
   * @param suffixes the suffix of each effect, in the write's order
   */
  record Applied(List<Suffix> suffixes) implements Outcome {}

  /**
   * The same record had been claimed before (a lost reply, a crash, a takeover, the same write in
   * flight): its effects were applied again, where they had gone the first time, or with those of
   * the write in flight, and are durable. Under {@link Mode#TRANSACTIONAL} they had been applied
   * with the claim, and were not applied again.
   *
   * @param suffixes the suffix of each effect as the ledger recorded it, in the write's order
   */
  record Replayed(List<Suffix> suffixes) implements Outcome {}

  /**
   * Of the write's effects some were stale: a newer version of their item stands. The others, if
   * any, are durable.
   *
   * @param suffixes the suffix of each effect, in the write's order
   * @param stale the places of the stale effects in the write, counted from 0
   */
  record Superseded(List<Suffix> suffixes, List<Integer> stale) implements Outcome {}

  /**
   * Another record carries the same event and answers for it; nothing was done, or with {@link
   * Duplicates#REAPPLY} its effects were made again where that record's went.
   *
   * @param canonical the position of the record that holds the claim
   */
  record Duplicate(SourcePosition canonical) implements Outcome {}

  /**
   * The event id is claimed by something that this write contradicts; nothing was done.
   *
   * @param kind what contradicts
   * @param holder the position of the record that holds the claim
   */
  record Conflict(Kind kind, SourcePosition holder) implements Outcome {
    /** What contradicts. */
    public enum Kind {
      /** The id was reused: another record holds it with other content. */
      OTHER_CONTENT,
      /** The same record now has other content than when it was claimed. */
      CONTENT_CHANGED,
      /** The same record now yields other keys, effects or another mode than when claimed. */
      MAPPING_CHANGED
    }
  }
}
