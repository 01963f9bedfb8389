package dev.sluice.write;

import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.SluiceException;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Gives the stages of a writer their turns: what has begun is sent before what has not. Belongs to
 * the loop.
 */
final class WriterStages {
  private final EffectSenders senders;
  private final EffectStage effects;
  private final HotKeyGate gate;
  private final Protocol protocol;
  private final @Nullable ReleaseStage releases;
  private final List<TablePacing> pacings;
  private final WriteCompletions completions;

  WriterStages(
      EffectSenders senders,
      EffectStage effects,
      HotKeyGate gate,
      Protocol protocol,
      @Nullable ReleaseStage releases,
      List<TablePacing> pacings,
      WriteCompletions completions) {
    this.senders = senders;
    this.effects = effects;
    this.gate = gate;
    this.protocol = protocol;
    this.releases = releases;
    this.pacings = pacings;
    this.completions = completions;
  }

  void accept(PendingWrite write) {
    protocol.accept(write);
  }

  void expire(PendingWrite write) {
    protocol.expire(write);
  }

  /** Sends what is due, as far as there is room: what has begun before what has not. */
  void dispatch(boolean flushing) {
    gate.release();
    senders.dispatch(ofEffects(flushing));
    effects.dispatch();
    if (releases != null) {
      releases.dispatch();
    }
    protocol.dispatch(ofClaims(flushing));
  }

  private Eagerness ofEffects(boolean flushing) {
    boolean moreToCome = !flushing && protocol.hasUnanswered();
    return moreToCome ? Eagerness.LINGER : ofClaims(flushing);
  }

  private static Eagerness ofClaims(boolean flushing) {
    return flushing ? Eagerness.AT_ONCE : Eagerness.IDLE_AT_ONCE;
  }

  /** {@return when something is due by itself} */
  OptionalLong nextDue(boolean flushing) {
    OptionalLong next =
        Timers.earlier(senders.nextDue(ofEffects(flushing)), protocol.nextDue(ofClaims(flushing)));
    next = Timers.earlier(next, gate.nextRelease());
    next = Timers.earlier(next, effects.nextDue());
    return releases == null ? next : Timers.earlier(next, releases.nextDue());
  }

  /** Tells of budgets that limit something, and of hot keys. */
  void reportPacing(WriterMetrics metrics) {
    for (TablePacing pacing : pacings) {
      pacing.report(metrics);
    }
  }

  void release(ReleaseStage.Release release) {
    protocol.forget(release.id);
    if (releases == null) {
      // There are no claims.
      completions.execute(() -> release.outcome.complete(false));
    } else {
      releases.accept(release);
    }
  }

  void failRelease(ReleaseStage.Release release, SluiceException failure) {
    completions.execute(() -> release.outcome.completeExceptionally(failure));
  }

  boolean isReleasing() {
    return releases != null && !releases.isIdle();
  }

  void failReleases(SluiceException failure) {
    if (releases != null) {
      releases.failAll(failure);
    }
  }
}
