package dev.sluice.model;

/** What to do with a record whose event another record has claimed. */
public enum Duplicates {
  /**
   * Drop it: the record that holds the claim ends durable, or as a dead letter, before its own
   * offset moves. The default, and right wherever a record that was claimed cannot vanish before it
   * ends.
   */
  DROP,
  /**
   * Make its effects again, where those of the record that holds the claim went: for compacted
   * topics, where that record may have been compacted away after its claim and before its effects.
   * Each duplicate then costs the write units of its effects, and with {@code put} it can overwrite
   * what is newer.
   */
  REAPPLY
}
