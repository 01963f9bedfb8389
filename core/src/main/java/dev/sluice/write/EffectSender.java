package dev.sluice.write;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.BatchReply;
import dev.sluice.request.Consumption;
import dev.sluice.request.EffectBatch;
import dev.sluice.request.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Gathers effects of one table and kind into batches, sends them at the table's pace, and takes
 * care of each until it is applied or given up: what the service left or rejected for now is sent
 * again as a batch of its own after a backoff; a batch that it rejects for some item is bisected
 * until that item stands alone.
 */
final class EffectSender {

  private final EffectBatch operation;
  private final TablePacing pacing;
  private final RequestQueue<EffectTask, EffectAttempt> queue;
  private final EffectRetries retries;
  private final LoopResources loop;
  private final Connection<EffectStage> stage;
  private int inFlight;
  // When something was answered last.
  private long answeredAt;

  /**
   * Creates a sender without effects.
   *
   * @param operation sends a batch
   * @param pacing paces the writes to the table
   * @param triggers when a batch is due
   * @param loop what the stages share
   * @param stage told of each effect that is applied or given up
   * @param gate takes effects that are to go again on keys that are hot by then
   */
  EffectSender(
      EffectBatch operation,
      TablePacing pacing,
      BatchTriggers triggers,
      LoopResources loop,
      Connection<EffectStage> stage,
      Connection<EffectSink> gate) {
    this.operation = operation;
    this.pacing = pacing;
    this.queue = new RequestQueue<>(triggers, tasks -> new EffectAttempt(tasks, 0), loop.clock());
    this.retries = new EffectRetries(pacing, queue, loop, this::giveUp, gate);
    this.loop = loop;
    this.stage = stage;
  }

  void append(EffectTask task) {
    if (operation.isOneByOne()) {
      queue.addAlone(task);
    } else {
      queue.gather(task, task.plan.wireBytes());
    }
  }

  /** When a batch is due and the table's budget allows it. */
  OptionalLong nextDue(Eagerness eagerness) {
    OptionalLong due = queue.nextDue(isAtOnce(eagerness));
    return due.isEmpty() ? due : OptionalLong.of(pacing.readyAt(due.getAsLong()));
  }

  /**
   * Sends one batch if one is due and the table's budget allows it; there must be room.
   *
   * @return whether one was sent
   */
  boolean sendOne(Eagerness eagerness) {
    boolean atOnce = isAtOnce(eagerness);
    if (!queue.isDue(atOnce) || !pacing.isReady()) {
      return false;
    }
    for (EffectAttempt due = queue.take(atOnce); due != null; due = queue.take(atOnce)) {
      // Effects whose time was up while they waited have ended already.
      EffectAttempt attempt = due.withoutEnded();
      if (attempt.tasks().size() > 1 && operation.isOneByOne()) {
        attempt.singles().forEach(queue::add);
      } else if (!attempt.tasks().isEmpty()) {
        return sendWithinPace(attempt);
      }
    }
    return false;
  }

  private boolean isAtOnce(Eagerness eagerness) {
    return eagerness == Eagerness.AT_ONCE || (eagerness == Eagerness.IDLE_AT_ONCE && inFlight == 0);
  }

  /** What a slowed table would take long for goes in parts: all others would wait for it. */
  private boolean sendWithinPace(EffectAttempt attempt) {
    int count = attempt.within(pacing.mostAtOnce());
    int size = attempt.tasks().size();
    EffectAttempt first = count == size ? attempt : attempt.part(0, count);
    if (!send(first)) {
      queue.putBack(attempt);
      return false;
    }
    if (count < size) {
      queue.putBack(attempt.part(count, size));
    }
    return true;
  }

  private boolean send(EffectAttempt attempt) {
    long bytes = attempt.bytes();
    if (!loop.requests().hasRoom(bytes)) {
      return false;
    }
    Consumption consumption = pacing.consumption();
    UnitReservation reservation = pacing.reserve(attempt.units(), consumption);
    if (reservation == null) {
      return false;
    }
    inFlight++;
    attempt.tasks().forEach(task -> task.inFlight = true);
    long sentAt = loop.clock().nanos();
    loop.metrics().requestSent(Stage.EFFECT, pacing.table(), attempt.tasks().size());
    loop.requests()
        .send(
            bytes,
            () -> operation.send(attempt.requests(), consumption),
            BatchReply.Failed::new,
            reply -> answered(attempt, reservation, sentAt, reply));
    return true;
  }

  private void answered(
      EffectAttempt attempt, UnitReservation reservation, long sentAt, BatchReply reply) {
    inFlight--;
    attempt.tasks().forEach(task -> task.inFlight = false);
    if (reply instanceof BatchReply.PerItem each) {
      landedEach(attempt, reservation, each.items());
      return;
    }
    if (reply instanceof BatchReply.OneByOne) {
      reservation.cancel();
      attempt.singles().forEach(queue::add);
      return;
    }
    Failure failure = ((BatchReply.Failed) reply).failure();
    noteAnswer(failure);
    if (failure.kind() != Failure.Kind.RECORD) {
      // Else only one of them may be at fault.
      attempt.tasks().forEach(task -> task.failed(failure, loop.clock().nanos()));
    }
    switch (failure.kind()) {
      case THROTTLED -> {
        reservation.settle(attempt.units(), reservation.throttled(attempt.tasks(), failure));
        retries.putOff(attempt.tasks(), attempt.failures() + 1, failure);
      }
      case PASSING -> retries.putOff(attempt.tasks(), attempt.failures() + 1, failure);
      case UNKNOWN, SYSTEM_IF_LASTING -> putOffInParts(attempt, failure, answeredAt > sentAt);
      case SYSTEM -> {
        reservation.cancel();
        attempt.tasks().forEach(task -> giveUp(task, failure));
      }
      case RECORD -> {
        reservation.cancel();
        bisect(attempt, failure);
      }
    }
  }

  private void noteAnswer(@Nullable Failure failure) {
    if (failure == null || failure.isAnswered()) {
      answeredAt = loop.clock().nanos();
    }
  }

  /**
   * Sends again what was not answered, or not with anything that is known. A batch goes in parts:
   * one of its items may be why, and is not to take the others with it.
   */
  private void putOffInParts(EffectAttempt attempt, Failure failure, boolean othersAnswered) {
    int failures = attempt.failures() + 1;
    if (RequestSplitter.isDue(attempt.unexplained(), othersAnswered, failure.isOfClient())) {
      RequestSplitter.parts(attempt.tasks())
          .forEach(part -> retries.putOff(part, failures, failure));
    } else {
      retries.putOff(attempt.tasks(), failures, failure);
    }
  }

  private void landedEach(
      EffectAttempt attempt, UnitReservation reservation, List<BatchReply.ItemReply> replies) {
    List<EffectTask> left = new ArrayList<>(0);
    Failure last = null;
    double notWritten = 0;
    double throttledByTable = 0;
    double unknown = 0;
    for (int i = 0; i < replies.size(); i++) {
      EffectTask task = attempt.tasks().get(i);
      if (replies.get(i) instanceof BatchReply.ItemReply.Alone) {
        notWritten += task.plan.units();
        queue.add(new EffectAttempt(List.of(task), attempt.failures()));
        continue;
      }
      if (replies.get(i) instanceof BatchReply.ItemReply.Standing) {
        queue.add(new EffectAttempt(List.of(task), attempt.failures()));
        continue;
      }
      Failure failure = failure(replies.get(i));
      noteAnswer(failure);
      if (failure == null) {
        reservation.written(task);
        end(task, replies.get(i));
        continue;
      }
      task.failed(failure, loop.clock().nanos());
      if (failure.kind() == Failure.Kind.THROTTLED) {
        notWritten += task.plan.units();
        throttledByTable += reservation.throttled(task, failure);
      } else if (!failure.kind().isFinal()) {
        unknown += task.plan.units();
      }
      if (failure.kind().isFinal()) {
        // What was found invalid, or is not permitted, took nothing.
        notWritten += task.plan.units();
        giveUp(task, failure);
      } else {
        last = failure;
        left.add(task);
      }
    }
    reservation.settle(notWritten, throttledByTable, unknown);
    if (last != null) {
      // Some of them going through is progress, and no failed attempt for the rest.
      boolean progress = left.size() < attempt.tasks().size();
      retries.putOff(
          left, progress ? Math.max(1, attempt.failures()) : attempt.failures() + 1, last);
    }
  }

  /** Why an item failed, or null if it is done. */
  private static @Nullable Failure failure(BatchReply.ItemReply reply) {
    if (reply instanceof BatchReply.ItemReply.Unprocessed) {
      return EffectRetries.UNPROCESSED;
    }
    return reply instanceof BatchReply.ItemReply.Failed failed ? failed.failure() : null;
  }

  private void end(EffectTask task, BatchReply.ItemReply reply) {
    task.to(
        reply instanceof BatchReply.ItemReply.Superseded
            ? EffectTask.Stage.SUPERSEDED
            : EffectTask.Stage.APPLIED);
    stage.get().ended(task);
  }

  private void bisect(EffectAttempt attempt, Failure failure) {
    if (attempt.tasks().size() == 1) {
      giveUp(attempt.tasks().get(0), failure);
    } else {
      attempt.bisected().forEach(queue::add);
    }
  }

  private void giveUp(EffectTask task, Failure failure) {
    task.fail(failure);
    stage.get().ended(task);
  }
}
