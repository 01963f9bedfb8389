package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Puts effects that failed for now off, and sends them again. Belongs to the loop. */
final class EffectRetries {
  static final Failure UNPROCESSED = new Failure(Failure.Kind.THROTTLED, "UnprocessedItems", null);

  private final TablePacing pacing;
  private final RequestQueue<EffectTask, EffectAttempt> queue;
  private final LoopResources loop;
  private final BiConsumer<EffectTask, Failure> giveUp;
  private final Connection<EffectSink> gate;

  EffectRetries(
      TablePacing pacing,
      RequestQueue<EffectTask, EffectAttempt> queue,
      LoopResources loop,
      BiConsumer<EffectTask, Failure> giveUp,
      Connection<EffectSink> gate) {
    this.pacing = pacing;
    this.queue = queue;
    this.loop = loop;
    this.giveUp = giveUp;
    this.gate = gate;
  }

  /**
   * Sends effects again after a backoff, those whose time is not up by then.
   *
   * @param tasks the effects, each with its failed attempts
   * @param failures how often they have failed in a row
   * @param last why the last of them has failed
   */
  void putOff(List<EffectTask> tasks, int failures, Failure last) {
    long at = loop.retryAt(failures);
    count(tasks, last);
    List<EffectTask> inTime = new ArrayList<>(tasks.size());
    for (EffectTask task : tasks) {
      if (at >= task.owner.deadline) {
        giveUp.accept(task, loop.clock().atDeadline(requireNonNull(task.attempts, "attempts")));
      } else {
        inTime.add(task);
      }
    }
    if (!inTime.isEmpty()) {
      loop.timers().schedule(at, () -> sendAgain(new EffectAttempt(inTime, failures)));
    }
  }

  /** Those whose key is hot by now wait for its turn; the others go as they are. */
  private void sendAgain(EffectAttempt attempt) {
    if (pacing.hot().isEmpty()) {
      queue.add(attempt);
      return;
    }
    List<EffectTask> cool = new ArrayList<>(attempt.tasks().size());
    for (EffectTask task : attempt.tasks()) {
      if (task.hasEnded()) {
        continue;
      }
      if (pacing.hot().isHot(task)) {
        gate.get().append(task);
      } else {
        cool.add(task);
      }
    }
    if (!cool.isEmpty()) {
      queue.add(new EffectAttempt(cool, attempt.failures()));
    }
  }

  private void count(List<EffectTask> tasks, Failure failure) {
    loop.metrics().retried(Stage.EFFECT, pacing.table(), tasks.size(), failure.code());
    if (failure.kind() == Failure.Kind.THROTTLED) {
      loop.metrics()
          .throttled(pacing.table(), tasks.stream().mapToLong(task -> task.plan.units()).sum());
    }
    if (failure.equals(UNPROCESSED)) {
      loop.metrics().unprocessed(pacing.table(), tasks.size());
    }
  }
}
