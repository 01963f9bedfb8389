package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.model.Duplicates;
import dev.sluice.model.Fingerprint;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.request.Failure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An accepted write, from its acceptance to its end. Belongs to the loop once it is posted. */
public final class PendingWrite extends LinkedElements.Element<PendingWrite> {

  /** Where a write is. */
  enum Stage {
    /** Its own claim is to be made, or under way. */
    CLAIMING,
    /** Waits for what another write's claim finds. */
    WAITING,
    /** The same write is under way already, and this one ends as that one does. */
    JOINED,
    /** Its claim stands; its effects are under way. */
    APPLYING,
    /** Its listener has been, or is being, told. */
    ENDED;

    /** Only what waits for a claim may wait in another way; only what has not ended may end. */
    private boolean mayBecome(Stage next) {
      return switch (this) {
        case CLAIMING, WAITING -> true;
        case JOINED -> next == JOINED || next == APPLYING || next == ENDED;
        case APPLYING -> next == ENDED;
        case ENDED -> false;
      };
    }
  }

  /** What a write holds beside its items: itself, its effects, their keys and places in lines. */
  static final long OVERHEAD_BYTES = 512;

  private static final List<Suffix> ONE_WITHOUT_SUFFIX = List.of(Suffix.NONE);
  private static final Outcome APPLIED_WITHOUT_SUFFIX = new Outcome.Applied(ONE_WITHOUT_SUFFIX);

  final String id;
  final String eventId;
  final SourcePosition source;
  final LedgerEntry.@Nullable Mode mode;
  final @Nullable Fingerprint keys;
  final @Nullable Fingerprint hash;
  final WriteListener listener;
  final List<EffectTask> effects;
  final long bytes;

  long sequence;
  long claimedAt;
  long deadline;
  private Stage stage = Stage.CLAIMING;
  boolean replay;
  @Nullable SourcePosition duplicateOf;
  @Nullable ClaimGroup group;
  boolean claimInFlight;
  int claimFailures;
  int readFailures;

  /** How often its claim was rejected for an entry that the reply did not show. */
  int notShown;

  /** How the requests for its claim, or its transactions, have failed; or null if none has. */
  @Nullable FailedAttempts attempts;

  /** Why its transaction was rejected, while its entry is looked for; or null. */
  @Nullable Rejection rejection;

  /** The search for effects that were rejected, while it lasts; or null. */
  @Nullable EffectSearch search;

  /** How many of its effects have not ended, while they are applied. */
  int unfinishedEffects;

  /** How many of its effects are not at the heads of their lines, before its transaction. */
  int effectsNotAtHead;

  // Counted among those to hot keys.
  boolean hot;

  /** Whether duplicates are dropped or made again, or null for what the writer does by default. */
  @Nullable Duplicates duplicates;

  private List<Suffix> given = List.of();

  private @Nullable LedgerEntry entry;
  private @Nullable Outcome result;
  private @Nullable SluiceException failure;

  PendingWrite(
      String id,
      SourcePosition source,
      Write write,
      LedgerEntry.@Nullable Mode mode,
      @Nullable Fingerprint keys,
      WriteListener listener,
      List<EffectTask> effects,
      long bytes) {
    this.id = id;
    this.eventId = write.eventId();
    this.source = source;
    this.mode = mode;
    this.keys = keys;
    this.hash = write.fingerprint().orElse(null);
    this.listener = listener;
    this.effects = effects;
    this.bytes = bytes;
    for (EffectTask effect : effects) {
      effect.owner = this;
    }
  }

  /**
   * Presents it as the record that answers for the event, though it comes again out of a dead
   * letter.
   *
   * @param recorded the suffix of each of its effects; empty if they are to be drawn
   */
  void standInForItsRecord(List<Suffix> recorded) {
    duplicates = Duplicates.REAPPLY;
    given = recorded;
  }

  /** Where an effect is to go, or null if that is to be drawn. */
  @Nullable Suffix given(int effect) {
    return given.isEmpty() ? null : given.get(effect);
  }

  /** {@return its bytes on the wire, at most} */
  long wireBytes() {
    long wire = OVERHEAD_BYTES;
    for (EffectTask task : effects) {
      wire += task.plan.wireBytes();
    }
    return wire;
  }

  /** {@return the bytes it holds in the buffer, as an estimate of what it holds of the heap} */
  public long bytes() {
    return bytes;
  }

  /** The entry that its claim asks for; the suffixes must have been drawn. */
  LedgerEntry entry() {
    LedgerEntry mine = entry;
    if (mine == null) {
      mine =
          new LedgerEntry(
              id,
              source,
              requireNonNull(mode, "mode"),
              requireNonNull(keys, "keys"),
              suffixes(),
              hash);
      entry = mine;
    }
    return mine;
  }

  List<Suffix> suffixes() {
    if (effects.size() == 1) {
      Suffix only = effects.get(0).suffix();
      return only.isNone() ? ONE_WITHOUT_SUFFIX : List.of(only);
    }
    List<Suffix> suffixes = new ArrayList<>(effects.size());
    for (EffectTask effect : effects) {
      suffixes.add(effect.suffix());
    }
    return List.copyOf(suffixes);
  }

  /** How it ends well, all of its effects having ended well. */
  Outcome outcome() {
    if (duplicateOf != null) {
      return new Outcome.Duplicate(duplicateOf);
    }
    List<Integer> stale = stale();
    if (!stale.isEmpty()) {
      return new Outcome.Superseded(suffixes(), stale);
    }
    List<Suffix> suffixes = suffixes();
    if (replay) {
      return new Outcome.Replayed(suffixes);
    }
    return suffixes == ONE_WITHOUT_SUFFIX ? APPLIED_WITHOUT_SUFFIX : new Outcome.Applied(suffixes);
  }

  private List<Integer> stale() {
    List<Integer> stale = List.of();
    for (int i = 0; i < effects.size(); i++) {
      if (effects.get(i).stage() == EffectTask.Stage.SUPERSEDED) {
        if (stale.isEmpty()) {
          stale = new ArrayList<>();
        }
        stale.add(i);
      }
    }
    return List.copyOf(stale);
  }

  void end(@Nullable Outcome outcome, @Nullable SluiceException thrown) {
    to(Stage.ENDED);
    result = outcome;
    failure = thrown;
  }

  Stage stage() {
    return stage;
  }

  /** Moves the write on to a stage that can follow the one that it is in. */
  void to(Stage next) {
    if (!stage.mayBecome(next)) {
      throw new IllegalStateException("A write that is " + stage + " cannot become " + next);
    }
    stage = next;
  }

  /** Tells the listener how it ended. */
  void tell() {
    if (result != null) {
      listener.completed(result);
    } else if (failure != null) {
      listener.failed(failure);
    }
  }

  /** A request for its claim, or its transaction, has failed. */
  void failed(Failure why, long now) {
    attempts = FailedAttempts.add(attempts, why, now);
  }

  boolean hasEnded() {
    return stage == Stage.ENDED;
  }
}
