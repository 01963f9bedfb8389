package dev.sluice.kafka.internal.deadletter;

import dev.sluice.model.Outcome;
import dev.sluice.model.RecordException;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.Suffix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Collects how the writes of one record ended, as its dead letter is to tell it: where their
 * effects went, whether some are there, whose claims are left, and the first cause of failure. Not
 * thread-safe.
 */
public final class WriteResults {
  private final boolean reappliesDuplicates;
  private List<Suffix>[] suffixes = unknown(0);
  private List<Integer> claims = List.of();
  private boolean partial;
  private DeadLetter.@Nullable Cause cause;

  /**
   * Creates results of no writes.
   *
   * @param reappliesDuplicates whether a write that ends as a duplicate has made its effects again
   */
  public WriteResults(boolean reappliesDuplicates) {
    this.reappliesDuplicates = reappliesDuplicates;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static List<Suffix>[] unknown(int writes) {
    List[] lists = new List[writes];
    Arrays.fill(lists, List.of());
    return lists;
  }

  /** The record's writes are known; of none it is known where its effects went. */
  public void begin(int writes) {
    suffixes = unknown(writes);
  }

  /**
   * A write has ended by itself.
   *
   * @param index which one
   * @param outcome how
   * @return why it is not written, or null if it took effect, now or before, or needs no effect
   */
  public DeadLetter.@Nullable Cause completed(int index, Outcome outcome) {
    if (outcome instanceof Outcome.Conflict conflict) {
      return DeadLetter.Cause.of(conflict);
    }
    if (outcome instanceof Outcome.Applied applied) {
      applied(index, applied.suffixes());
    } else if (outcome instanceof Outcome.Replayed replayed) {
      applied(index, replayed.suffixes());
    } else if (outcome instanceof Outcome.Superseded superseded) {
      // Even where all of it is stale, an earlier delivery may have applied it before.
      applied(index, superseded.suffixes());
    } else if (reappliesDuplicates) {
      partial = true;
    }
    return null;
  }

  private void applied(int index, List<Suffix> where) {
    partial = true;
    wentTo(index, where);
  }

  /**
   * A write was rejected for good.
   *
   * @param index which one
   * @param failure why
   * @return the same, for a dead letter
   */
  public DeadLetter.Cause rejected(int index, RecordException failure) {
    if (failure instanceof RejectedWriteException rejected) {
      wentTo(index, rejected.suffixes());
      if (rejected.partial()) {
        partial = true;
      } else {
        claim(index);
      }
    }
    return DeadLetter.Cause.of(failure);
  }

  private void claim(int index) {
    if (claims.isEmpty()) {
      claims = new ArrayList<>(1);
    }
    claims.add(index);
  }

  /** Notes where the effects of a write went; nothing is noted where that is not known. */
  public void wentTo(int index, List<Suffix> where) {
    if (!where.isEmpty()) {
      suffixes[index] = where;
    }
  }

  /** Something of the record was applied, or may have been. */
  public void maybeApplied() {
    partial = true;
  }

  /** The record goes to the dead-letter topic; the first cause is the one that it names. */
  public void fail(DeadLetter.Cause why) {
    if (cause == null) {
      cause = why;
    }
  }

  /** {@return why the record goes to the dead-letter topic, or null} */
  public DeadLetter.@Nullable Cause cause() {
    return cause;
  }

  /** {@return whether some of its effects were applied, or may have been} */
  public boolean partial() {
    return partial;
  }

  /** {@return the places of the writes whose claims are left} */
  public List<Integer> claims() {
    return claims;
  }

  /** The claim of a write was released. */
  public void released(int index) {
    claims.remove((Integer) index);
  }

  /** {@return see {@link dev.sluice.kafka.record.DeadLetterHeaders#SUFFIXES}} */
  public String suffixes() {
    return text(Arrays.asList(suffixes));
  }

  /**
   * Writes suffixes as a dead letter tells them.
   *
   * @param ofWrites of each write, those of its effects
   * @return see {@link dev.sluice.kafka.record.DeadLetterHeaders#SUFFIXES}
   */
  public static String text(List<List<Suffix>> ofWrites) {
    return ofWrites.stream()
        .map(each -> each.stream().map(Suffix::toString).collect(Collectors.joining(",")))
        .collect(Collectors.joining(";"));
  }
}
