package dev.sluice.write;

import dev.sluice.batch.BatchAccumulator;
import dev.sluice.batch.BatchLimits;
import dev.sluice.batch.BatchTriggers;
import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.BatchReply;
import dev.sluice.request.Consumption;
import dev.sluice.request.EffectBatch;
import dev.sluice.request.Failure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers effects of one table and kind into batches, sends them at the table's pace, and takes
 * care of each until it is applied or given up: what the service left or refused for now is sent
 * again as a batch of its own after a backoff; a batch that it rejects for some item is halved
 * until that item stands alone.
 */
final class EffectLane {

  private static final Failure UNPROCESSED =
      new Failure(Failure.Kind.THROTTLED, "UnprocessedItems", null);

  private final EffectBatch operation;
  private final TableFlow flow;
  private final BatchAccumulator<EffectTask> gathering;
  private final Deque<Attempt> again = new ArrayDeque<>();
  private final LoopResources loop;
  private Consumer<EffectTask> onEnded = task -> {};
  private Consumer<EffectTask> onHot = task -> {};
  private int inFlight;

  EffectLane(EffectBatch operation, TableFlow flow, BatchTriggers triggers, LoopResources loop) {
    this.operation = operation;
    this.flow = flow;
    this.gathering = new BatchAccumulator<>(triggers, BatchLimits.BATCH_WRITE);
    this.loop = loop;
  }

  void onEnded(Consumer<EffectTask> listener) {
    onEnded = listener;
  }

  /** Sets who takes an effect that is to go again on a key that is hot by then. */
  void onHot(Consumer<EffectTask> taker) {
    onHot = taker;
  }

  void append(EffectTask task) {
    if (operation.isOneByOne()) {
      // There is nobody to wait for.
      again.add(new Attempt(List.of(task), 0));
    } else {
      gathering.append(task, task.plan.wireBytes(), loop.clock().nanos());
    }
  }

  /** When a batch is due and the table's budget allows it. */
  OptionalLong nextDue(Eagerness eagerness) {
    // What is due at once, and was not sent, waits for the budget.
    boolean isDue = !again.isEmpty() || (isAtOnce(eagerness) && gathering.size() > 0);
    OptionalLong due = isDue ? OptionalLong.of(loop.clock().nanos()) : gathering.nextDue();
    return due.isEmpty() ? due : OptionalLong.of(flow.readyAt(due.getAsLong()));
  }

  /**
   * Sends one batch if one is due and the table's budget allows it; there must be room.
   *
   * @return whether one was sent
   */
  boolean sendOne(Eagerness eagerness) {
    if (!isDue(eagerness) || !flow.isReady()) {
      return false;
    }
    for (Attempt due = take(eagerness); due != null; due = take(eagerness)) {
      // Effects whose time was up while they waited have ended already.
      Attempt attempt = due.withoutEnded();
      if (attempt.tasks().size() > 1 && operation.isOneByOne()) {
        again.addAll(attempt.singles());
      } else if (!attempt.tasks().isEmpty()) {
        boolean sent = send(attempt);
        if (!sent) {
          again.addFirst(attempt);
        }
        return sent;
      }
    }
    return false;
  }

  private boolean isDue(Eagerness eagerness) {
    return !again.isEmpty()
        || (isAtOnce(eagerness) ? gathering.size() > 0 : gathering.isDue(loop.clock().nanos()));
  }

  private boolean isAtOnce(Eagerness eagerness) {
    return eagerness == Eagerness.AT_ONCE || (eagerness == Eagerness.IDLE_AT_ONCE && inFlight == 0);
  }

  private @Nullable Attempt take(Eagerness eagerness) {
    Attempt attempt = again.poll();
    if (attempt != null) {
      return attempt;
    }
    return (isAtOnce(eagerness) ? gathering.pollAny() : gathering.poll(loop.clock().nanos()))
        .map(tasks -> new Attempt(tasks, 0))
        .orElse(null);
  }

  private boolean send(Attempt attempt) {
    long bytes = attempt.bytes();
    if (!loop.flights().hasRoom(bytes)) {
      return false;
    }
    Consumption consumption = flow.consumption();
    TableFlow.Passage passage = flow.pass(attempt.units(), consumption);
    if (passage == null) {
      return false;
    }
    inFlight++;
    attempt.tasks().forEach(task -> task.inFlight = true);
    loop.metrics().requestSent(Stage.EFFECT, flow.table(), attempt.tasks().size());
    loop.flights()
        .launch(
            bytes,
            () -> operation.send(attempt.requests(), consumption),
            BatchReply.Failed::new,
            reply -> landed(attempt, passage, reply));
    return true;
  }

  private void landed(Attempt attempt, TableFlow.Passage passage, BatchReply reply) {
    inFlight--;
    attempt.tasks().forEach(task -> task.inFlight = false);
    if (reply instanceof BatchReply.PerItem each) {
      landedEach(attempt, passage, each.items());
      return;
    }
    if (reply instanceof BatchReply.OneByOne) {
      passage.cancel();
      again.addAll(attempt.singles());
      return;
    }
    Failure failure = ((BatchReply.Failed) reply).failure();
    switch (failure.kind()) {
      case THROTTLED -> {
        passage.answered(attempt.units(), passage.refused(attempt.tasks(), failure));
        retry(attempt.tasks(), attempt.failures() + 1, failure);
      }
      case PASSING, UNKNOWN -> retry(attempt.tasks(), attempt.failures() + 1, failure);
      case SYSTEM -> {
        passage.cancel();
        attempt.tasks().forEach(task -> giveUp(task, failure));
      }
      case RECORD -> {
        passage.cancel();
        halve(attempt, failure);
      }
    }
  }

  private void landedEach(
      Attempt attempt, TableFlow.Passage passage, List<BatchReply.ItemReply> replies) {
    List<EffectTask> left = new ArrayList<>(0);
    Failure last = null;
    double refused = 0;
    double refusedByTable = 0;
    for (int i = 0; i < replies.size(); i++) {
      EffectTask task = attempt.tasks().get(i);
      if (replies.get(i) instanceof BatchReply.ItemReply.Alone) {
        refused += task.plan.units();
        again.add(new Attempt(List.of(task), attempt.failures()));
        continue;
      }
      Failure failure = failure(replies.get(i));
      if (failure != null && failure.kind() == Failure.Kind.THROTTLED) {
        refused += task.plan.units();
        refusedByTable += passage.refused(task, failure);
      } else {
        passage.written(task);
      }
      if (failure == null) {
        end(task, replies.get(i));
      } else if (isFinal(failure)) {
        giveUp(task, failure);
      } else {
        last = failure;
        left.add(task);
      }
    }
    passage.answered(refused, refusedByTable);
    if (last != null) {
      // Some of them going through is progress, and no failed attempt for the rest.
      boolean progress = left.size() < attempt.tasks().size();
      retry(left, progress ? Math.max(1, attempt.failures()) : attempt.failures() + 1, last);
    }
  }

  /** Why an item failed, or null if it is done. */
  private static @Nullable Failure failure(BatchReply.ItemReply reply) {
    if (reply instanceof BatchReply.ItemReply.Unprocessed) {
      return UNPROCESSED;
    }
    return reply instanceof BatchReply.ItemReply.Failed failed ? failed.failure() : null;
  }

  private static boolean isFinal(Failure failure) {
    return failure.kind() == Failure.Kind.RECORD || failure.kind() == Failure.Kind.SYSTEM;
  }

  private void end(EffectTask task, BatchReply.ItemReply reply) {
    task.stage =
        reply instanceof BatchReply.ItemReply.Superseded
            ? EffectTask.Stage.SUPERSEDED
            : EffectTask.Stage.APPLIED;
    onEnded.accept(task);
  }

  private void halve(Attempt attempt, Failure failure) {
    if (attempt.tasks().size() == 1) {
      giveUp(attempt.tasks().get(0), failure);
    } else {
      again.addAll(attempt.halves());
    }
  }

  private void retry(List<EffectTask> tasks, int failures, Failure failure) {
    long at = loop.retryAt(failures);
    count(tasks, failure);
    List<EffectTask> inTime = new ArrayList<>(tasks.size());
    for (EffectTask task : tasks) {
      task.failure = failure;
      if (at >= task.owner.deadline) {
        giveUp(task, failure);
      } else {
        inTime.add(task);
      }
    }
    if (!inTime.isEmpty()) {
      loop.timers().schedule(at, () -> sendAgain(new Attempt(inTime, failures)));
    }
  }

  /** Those whose key is hot by now wait for its turn; the others go as they are. */
  private void sendAgain(Attempt attempt) {
    if (flow.hot().isEmpty()) {
      again.add(attempt);
      return;
    }
    List<EffectTask> cool = new ArrayList<>(attempt.tasks().size());
    for (EffectTask task : attempt.tasks()) {
      if (task.hasEnded()) {
        continue;
      }
      if (flow.hot().isHot(task.key().partition())) {
        onHot.accept(task);
      } else {
        cool.add(task);
      }
    }
    if (!cool.isEmpty()) {
      again.add(new Attempt(cool, attempt.failures()));
    }
  }

  private void count(List<EffectTask> tasks, Failure failure) {
    loop.metrics().retried(Stage.EFFECT, flow.table(), tasks.size(), failure.code());
    if (failure.kind() == Failure.Kind.THROTTLED) {
      loop.metrics()
          .throttled(flow.table(), tasks.stream().mapToLong(task -> task.plan.units()).sum());
    }
    if (failure.equals(UNPROCESSED)) {
      loop.metrics().unprocessed(flow.table(), tasks.size());
    }
  }

  private void giveUp(EffectTask task, Failure failure) {
    task.stage = EffectTask.Stage.FAILED;
    task.failure = failure;
    onEnded.accept(task);
  }
}
