package dev.sluice.write;

import dev.sluice.batch.BatchAccumulator;
import dev.sluice.batch.BatchLimits;
import dev.sluice.batch.BatchTriggers;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The effects of one sender that are to go out: what goes again before what is still gathered.
 * Belongs to the loop.
 */
final class EffectQueue {
  private final BatchAccumulator<EffectTask> gathering;
  private final Deque<EffectAttempt> again = new ArrayDeque<>();
  private final TurnClock clock;
  private int inFlight;

  EffectQueue(BatchTriggers triggers, TurnClock clock) {
    this.gathering = new BatchAccumulator<>(triggers, BatchLimits.BATCH_WRITE);
    this.clock = clock;
  }

  /** An effect waits for others. */
  void gather(EffectTask task) {
    gathering.append(task, task.plan.wireBytes(), clock.nanos());
  }

  void add(EffectAttempt attempt) {
    again.add(attempt);
  }

  void addAll(Collection<EffectAttempt> attempts) {
    again.addAll(attempts);
  }

  /** An attempt that was taken could not be sent: it is next again. */
  void putBack(EffectAttempt attempt) {
    again.addFirst(attempt);
  }

  void requestSent() {
    inFlight++;
  }

  void requestAnswered() {
    inFlight--;
  }

  boolean isDue(Eagerness eagerness) {
    return !again.isEmpty()
        || (isAtOnce(eagerness) ? gathering.size() > 0 : gathering.isDue(clock.nanos()));
  }

  /** {@return when something is due; now if something is} */
  OptionalLong nextDue(Eagerness eagerness) {
    boolean isDue = !again.isEmpty() || (isAtOnce(eagerness) && gathering.size() > 0);
    return isDue ? OptionalLong.of(clock.nanos()) : gathering.nextDue();
  }

  /** Takes what goes next, or null if nothing is due. */
  @Nullable EffectAttempt take(Eagerness eagerness) {
    EffectAttempt attempt = again.poll();
    if (attempt != null) {
      return attempt;
    }
    return (isAtOnce(eagerness) ? gathering.pollAny() : gathering.poll(clock.nanos()))
        .map(tasks -> new EffectAttempt(tasks, 0))
        .orElse(null);
  }

  private boolean isAtOnce(Eagerness eagerness) {
    return eagerness == Eagerness.AT_ONCE || (eagerness == Eagerness.IDLE_AT_ONCE && inFlight == 0);
  }

  /** An effect goes by itself, and waits for nobody. */
  void addAlone(EffectTask task) {
    again.add(new EffectAttempt(List.of(task), 0));
  }
}
