package dev.sluice.write;

import dev.sluice.batch.BatchAccumulator;
import dev.sluice.batch.BatchTriggers;
import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.BatchReply;
import dev.sluice.request.EffectBatch;
import dev.sluice.request.EffectRequest;
import dev.sluice.request.Failure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers effects of one table and kind into batches, sends them, and takes care of each until it
 * is applied or given up: what the service left or refused for now is sent again as a batch of its
 * own after a backoff; a batch that it rejects for some item is halved until that item stands
 * alone.
 */
final class EffectLane {

  private static final Failure UNPROCESSED =
      new Failure(Failure.Kind.THROTTLED, "UnprocessedItems", null);

  /** Effects that go out together, and how often that has failed without any progress. */
  private record Attempt(List<EffectTask> tasks, int failures) {}

  private final EffectBatch operation;
  private final String table;
  private final BatchAccumulator<EffectTask> gathering;
  private final Deque<Attempt> again = new ArrayDeque<>();
  private final LoopResources loop;
  private Consumer<EffectTask> onEnded = task -> {};
  private int inFlight;

  EffectLane(EffectBatch operation, String table, BatchTriggers triggers, LoopResources loop) {
    this.operation = operation;
    this.table = table;
    this.gathering = new BatchAccumulator<>(triggers);
    this.loop = loop;
  }

  void onEnded(Consumer<EffectTask> listener) {
    onEnded = listener;
  }

  void append(EffectTask task) {
    gathering.append(task, task.plan.wireBytes(), loop.clock().nanos());
  }

  OptionalLong nextDue() {
    return again.isEmpty() ? gathering.nextDue() : OptionalLong.of(loop.clock().nanos());
  }

  /**
   * Sends one batch if one is due; there must be room.
   *
   * @return whether one was sent
   */
  boolean sendOne(Eagerness eagerness) {
    for (Attempt attempt = nextDue(eagerness); attempt != null; attempt = nextDue(eagerness)) {
      // Effects whose time was up while they waited have ended already.
      List<EffectTask> open = open(attempt.tasks);
      if (!open.isEmpty()) {
        send(open == attempt.tasks ? attempt : new Attempt(open, attempt.failures));
        return true;
      }
    }
    return false;
  }

  private static List<EffectTask> open(List<EffectTask> tasks) {
    boolean all = true;
    for (EffectTask task : tasks) {
      all &= !task.hasEnded();
    }
    if (all) {
      return tasks;
    }
    List<EffectTask> open = new ArrayList<>(tasks.size());
    for (EffectTask task : tasks) {
      if (!task.hasEnded()) {
        open.add(task);
      }
    }
    return open;
  }

  private @Nullable Attempt nextDue(Eagerness eagerness) {
    Attempt attempt = again.poll();
    if (attempt != null) {
      return attempt;
    }
    boolean atOnce =
        eagerness == Eagerness.AT_ONCE || (eagerness == Eagerness.IDLE_AT_ONCE && inFlight == 0);
    Optional<List<EffectTask>> batch =
        atOnce ? gathering.pollAny() : gathering.poll(loop.clock().nanos());
    return batch.map(tasks -> new Attempt(tasks, 0)).orElse(null);
  }

  private void send(Attempt attempt) {
    inFlight++;
    attempt.tasks.forEach(task -> task.inFlight = true);
    loop.metrics().requestSent(Stage.EFFECT, table, attempt.tasks.size());
    loop.flights()
        .launch(
            () -> operation.send(requests(attempt.tasks)),
            BatchReply.Failed::new,
            reply -> landed(attempt, reply));
  }

  private static List<EffectRequest> requests(List<EffectTask> tasks) {
    List<EffectRequest> requests = new ArrayList<>(tasks.size());
    for (EffectTask task : tasks) {
      requests.add(task.request());
    }
    return requests;
  }

  private void landed(Attempt attempt, BatchReply reply) {
    inFlight--;
    attempt.tasks.forEach(task -> task.inFlight = false);
    if (reply instanceof BatchReply.PerItem each) {
      landedEach(attempt, each.items());
      return;
    }
    if (reply instanceof BatchReply.OneByOne) {
      attempt.tasks.forEach(task -> again.add(new Attempt(List.of(task), attempt.failures)));
      return;
    }
    Failure failure = ((BatchReply.Failed) reply).failure();
    switch (failure.kind()) {
      case THROTTLED, PASSING, UNKNOWN -> retry(attempt.tasks, attempt.failures + 1, failure);
      case SYSTEM -> attempt.tasks.forEach(task -> giveUp(task, failure));
      case RECORD -> halve(attempt, failure);
    }
  }

  private void landedEach(Attempt attempt, List<BatchReply.ItemReply> replies) {
    List<EffectTask> left = new ArrayList<>();
    Failure last = null;
    for (int i = 0; i < replies.size(); i++) {
      EffectTask task = attempt.tasks.get(i);
      BatchReply.ItemReply reply = replies.get(i);
      if (reply instanceof BatchReply.ItemReply.Done) {
        task.stage = EffectTask.Stage.APPLIED;
        onEnded.accept(task);
      } else if (reply instanceof BatchReply.ItemReply.Superseded) {
        task.stage = EffectTask.Stage.SUPERSEDED;
        onEnded.accept(task);
      } else if (reply instanceof BatchReply.ItemReply.Failed failed && isFinal(failed.failure())) {
        giveUp(task, failed.failure());
      } else {
        last = reply instanceof BatchReply.ItemReply.Failed failed ? failed.failure() : UNPROCESSED;
        left.add(task);
      }
    }
    if (last != null) {
      // Some of them going through is progress, and no failed attempt for the rest.
      boolean progress = left.size() < attempt.tasks.size();
      retry(left, progress ? Math.max(1, attempt.failures) : attempt.failures + 1, last);
    }
  }

  private static boolean isFinal(Failure failure) {
    return failure.kind() == Failure.Kind.RECORD || failure.kind() == Failure.Kind.SYSTEM;
  }

  private void halve(Attempt attempt, Failure failure) {
    List<EffectTask> tasks = attempt.tasks;
    if (tasks.size() == 1) {
      giveUp(tasks.get(0), failure);
      return;
    }
    int middle = tasks.size() / 2;
    again.add(new Attempt(List.copyOf(tasks.subList(0, middle)), attempt.failures));
    again.add(new Attempt(List.copyOf(tasks.subList(middle, tasks.size())), attempt.failures));
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
      loop.timers().schedule(at, () -> again.add(new Attempt(inTime, failures)));
    }
  }

  private void count(List<EffectTask> tasks, Failure failure) {
    loop.metrics().retried(Stage.EFFECT, table, tasks.size(), failure.code());
    if (failure.kind() == Failure.Kind.THROTTLED) {
      loop.metrics().throttled(table, tasks.stream().mapToLong(task -> task.plan.units()).sum());
    }
    if (failure.equals(UNPROCESSED)) {
      loop.metrics().unprocessed(table, tasks.size());
    }
  }

  private void giveUp(EffectTask task, Failure failure) {
    task.stage = EffectTask.Stage.FAILED;
    task.failure = failure;
    onEnded.accept(task);
  }
}
