package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts transactions that failed for now off, and sends them again. Belongs to the loop. */
final class TransactionRetries {
  private final String ledger;
  private final TransactionQueues queues;
  private final Map<String, TablePacing> pacings;
  private final WriteFailures failures;
  private final LoopResources loop;
  private final Connection<Claimer.Listener> listener;
  private final Connection<EffectSink> gate;

  TransactionRetries(
      String ledger,
      TransactionQueues queues,
      Map<String, TablePacing> pacings,
      WriteFailures failures,
      LoopResources loop,
      Connection<Claimer.Listener> listener,
      Connection<EffectSink> gate) {
    this.ledger = ledger;
    this.queues = queues;
    this.pacings = pacings;
    this.failures = failures;
    this.loop = loop;
    this.listener = listener;
    this.gate = gate;
  }

  /**
   * Sends a group again after a backoff, without the writes whose time is up by then.
   *
   * @param group writes, each with its failed attempts
   * @param last why the last of them has failed
   */
  void putOff(TransactionGroup group, Failure last) {
    loop.metrics().retried(Stage.TRANSACTION, ledger, group.writes().size(), last.code());
    if (last.kind() == Failure.Kind.THROTTLED) {
      loop.metrics().throttled(ledger, group.writes().size());
    }
    long at = loop.retryAt(group.failures() + 1);
    for (PendingWrite write : group.writes()) {
      if (at >= write.deadline) {
        listener.get().failed(write, failures.afterAttempts(ledger, write.attempts, loop.clock()));
      }
    }
    TransactionGroup left = group.afterFailure();
    if (!left.writes().isEmpty()) {
      loop.timers().schedule(at, () -> sendAgain(left));
    }
  }

  /** Those with an effect on a key that is hot by now wait for its turn; the others go. */
  private void sendAgain(TransactionGroup group) {
    if (group.wasSent()) {
      // Under its token, so as it was.
      queues.of(group.writes().get(0)).add(group);
      return;
    }
    List<PendingWrite> cool = new ArrayList<>(group.writes().size());
    for (PendingWrite write : group.withoutEnded().writes()) {
      if (isHot(write)) {
        List<EffectTask> open = write.effects.stream().filter(task -> !task.hasEnded()).toList();
        write.effectsNotAtHead = open.size();
        open.forEach(gate.get()::append);
      } else {
        cool.add(write);
      }
    }
    if (!cool.isEmpty()) {
      queues.of(cool.get(0)).add(TransactionGroup.of(cool, group.failures()));
    }
  }

  private boolean isHot(PendingWrite write) {
    for (EffectTask task : write.effects) {
      TablePacing pacing = requireNonNull(pacings.get(task.route().table().name()), "pacing");
      if (!task.hasEnded() && pacing.hot().isHot(task)) {
        return true;
      }
    }
    return false;
  }
}
