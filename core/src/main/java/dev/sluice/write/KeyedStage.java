package dev.sluice.write;

import dev.sluice.model.SluiceException;
import java.util.OptionalLong;

/** Makes effects that carry their own identity: there is nothing to ask before. */
final class KeyedStage implements Protocol, EffectStage.Listener {
  private final EffectStage effects;
  private final WriteCompletions completions;
  private final LoopResources loop;

  KeyedStage(EffectStage effects, WriteCompletions completions, LoopResources loop) {
    this.effects = effects;
    this.loop = loop;
    this.completions = completions;
    effects.connect(this);
  }

  @Override
  public void effectsApplied(PendingWrite write) {
    completions.complete(write, write.outcome());
  }

  @Override
  public void effectsFailed(PendingWrite write, SluiceException failure) {
    completions.fail(write, failure);
  }

  @Override
  public void accept(PendingWrite write) {
    write.claimedAt = loop.clock().nanos();
    effects.joinLines(write);
    effects.apply(write);
  }

  @Override
  public void expire(PendingWrite write) {
    effects.expire(write);
  }

  @Override
  public boolean hasUnanswered() {
    return false;
  }

  @Override
  public void dispatch(Eagerness eagerness) {
    // Effects are all there is, and they go out by their senders.
  }

  @Override
  public OptionalLong nextDue(Eagerness eagerness) {
    return OptionalLong.empty();
  }

  @Override
  public void forget(String id) {
    // Nothing is remembered.
  }
}
