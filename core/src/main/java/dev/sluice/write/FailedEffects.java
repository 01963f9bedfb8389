package dev.sluice.write;

import dev.sluice.request.Failure;
import dev.sluice.request.KeySchemaRead;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges a write of which effects have failed, by how they have. Pure. */
final class FailedEffects {
  private FailedEffects() {}

  /**
   * Which failure decides: the system's before an unknown one before the record's own, so that a
   * record is only given up for when everything about it is known.
   */
  static @Nullable EffectTask worst(PendingWrite write) {
    EffectTask worst = null;
    for (EffectTask task : write.effects) {
      if (task.stage() == EffectTask.Stage.FAILED
          && (worst == null || kind(task).isSevererThan(kind(worst)))) {
        worst = task;
      }
    }
    return worst;
  }

  private static Failure.Kind kind(EffectTask failed) {
    return failed.failure() == null ? Failure.Kind.UNKNOWN : failed.failure().kind();
  }

  /** The tables that found effects invalid, if nothing worse is what the write fails with. */
  static Set<KeySchemaRead> suspects(PendingWrite write, EffectTask worst) {
    Set<KeySchemaRead> suspects = new LinkedHashSet<>();
    if (kind(worst) == Failure.Kind.RECORD) {
      for (EffectTask task : write.effects) {
        if (task.failure() != null && task.failure().isOfValidation()) {
          suspects.add(task.route().keys());
        }
      }
    }
    return suspects;
  }

  /**
   * Whether only the tables can tell that nothing of a rejected write is in them: its claim is this
   * writer's own, and it may be released.
   */
  static boolean isInDoubt(PendingWrite write, EffectTask worst) {
    return write.mode != null
        && worst.failure() != null
        && worst.failure().kind() == Failure.Kind.RECORD
        && !isPartial(write);
  }

  /**
   * Whether effects of a write are in their tables, or may be, or may get there, as far as this
   * writer knows. A write that was claimed before may have been applied then, whatever is rejected
   * now. Of a first attempt, only a rejection of its content shows that it has not gone through,
   * and that from now on none of another owner will.
   */
  static boolean isPartial(PendingWrite write) {
    return write.replay || write.effects.stream().anyMatch(FailedEffects::mayBeThere);
  }

  private static boolean mayBeThere(EffectTask effect) {
    Failure failure = effect.failure();
    return (effect.attempts != null && effect.attempts.maybeApplied())
        || effect.stage() != EffectTask.Stage.FAILED
        || failure == null
        || !failure.isOfContent();
  }
}
