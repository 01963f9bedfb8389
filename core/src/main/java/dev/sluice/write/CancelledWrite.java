package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.request.BatchReply.ItemReply;
import dev.sluice.request.ClaimReply;
import dev.sluice.request.Failure;
import dev.sluice.request.TransactReply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a cancelled transaction means for one of its writes: the worst that was said of it.
 *
 * @param write the write
 * @param effects its effects that were in the transaction
 * @param replies what was said of them
 * @param failure the worst failure, or null if it may go again at once
 * @param at the effect that failed so, or null if it was the ledger entry
 */
record CancelledWrite(
    PendingWrite write,
    List<EffectTask> effects,
    List<ItemReply> replies,
    @Nullable Failure failure,
    @Nullable EffectTask at) {

  static CancelledWrite of(PendingWrite write, TransactReply.Part part) {
    List<EffectTask> effects = new ArrayList<>(write.effects.size());
    for (EffectTask task : write.effects) {
      if (!task.hasEnded()) {
        effects.add(task);
      }
    }
    Failure worst = part.claim() instanceof ClaimReply.Failed failed ? failed.failure() : null;
    EffectTask at = null;
    for (int i = 0; i < effects.size(); i++) {
      if (part.effects().get(i) instanceof ItemReply.Failed failed
          && failed.failure().isSevererThan(worst)) {
        worst = failed.failure();
        at = effects.get(i);
      }
    }
    return new CancelledWrite(write, effects, part.effects(), worst, at);
  }

  /** Tells of each effect that failed, and why. */
  void forEachFailure(BiConsumer<EffectTask, Failure> told) {
    for (int i = 0; i < effects.size(); i++) {
      if (replies.get(i) instanceof ItemReply.Failed failed) {
        told.accept(effects.get(i), failed.failure());
      }
    }
  }

  boolean isFinal() {
    return failure != null && failure.kind().isFinal();
  }

  /** Marks the effects that are there already, or stale: they need not go again. */
  void markEnded() {
    for (int i = 0; i < effects.size(); i++) {
      if (replies.get(i) instanceof ItemReply.Done) {
        effects.get(i).to(EffectTask.Stage.APPLIED);
      } else if (replies.get(i) instanceof ItemReply.Superseded) {
        effects.get(i).to(EffectTask.Stage.SUPERSEDED);
      }
    }
  }

  /** {@return why the transaction was rejected for this write; something must have failed} */
  Rejection rejection() {
    Failure worst = requireNonNull(failure, "failure");
    return at == null ? Rejection.ofEntry(worst) : new Rejection(worst, write.effects.indexOf(at));
  }
}
