package dev.sluice.write;

import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.request.ClaimDelete;
import dev.sluice.request.Consumption;
import dev.sluice.request.Failure;
import dev.sluice.request.ReleaseReply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Releases claims, retrying as claims are retried. */
final class ReleaseStage {

  /** A release that was asked for. */
  static final class Release {
    final String id;
    final SourcePosition source;
    final CompletableFuture<Boolean> outcome;
    long deadline;
    private int failures;

    Release(String id, SourcePosition source, CompletableFuture<Boolean> outcome) {
      this.id = id;
      this.source = source;
      this.outcome = outcome;
    }
  }

  private final Deque<Release> toSend = new ArrayDeque<>();
  private final Set<Release> open = new LinkedHashSet<>();
  // How many of those there are of each id.
  private final Map<String, Integer> ids = new HashMap<>();
  private final TablePacing ledger;
  private final ClaimDelete claimDelete;
  private final WriteCompletions completions;
  private final WriteFailures writeFailures;
  private final LoopResources loop;
  private final Connection<Protocol> protocol = new Connection<>();

  ReleaseStage(
      TablePacing ledger,
      ClaimDelete claimDelete,
      WriteCompletions completions,
      WriteFailures writeFailures,
      LoopResources loop) {
    this.ledger = ledger;
    this.claimDelete = claimDelete;
    this.completions = completions;
    this.writeFailures = writeFailures;
    this.loop = loop;
  }

  /** Connects what has to forget the claims that are gone, or may be; once. */
  void connect(Protocol forgetting) {
    protocol.connect(forgetting);
  }

  void accept(Release release) {
    open.add(release);
    ids.merge(release.id, 1, Integer::sum);
    toSend.add(release);
  }

  /** {@return whether a claim is being released, so that it may be gone at any moment} */
  boolean isUnderWay(String id) {
    return ids.containsKey(id);
  }

  boolean isIdle() {
    return open.isEmpty();
  }

  void dispatch() {
    while (!toSend.isEmpty() && loop.requests().hasRoom(0)) {
      Consumption consumption = ledger.consumption();
      UnitReservation reservation = ledger.reserve(1, consumption);
      if (reservation == null) {
        return;
      }
      Release release = toSend.remove();
      loop.metrics().requestSent(Stage.RELEASE, ledger.table(), 1);
      loop.requests()
          .send(
              0,
              () -> claimDelete.send(release.id, release.source, consumption),
              ReleaseReply.Failed::new,
              reply -> {
                settle(reservation, reply);
                answered(release, reply);
              });
    }
  }

  private static void settle(UnitReservation reservation, ReleaseReply reply) {
    boolean throttled =
        reply instanceof ReleaseReply.Failed failed
            && failed.failure().kind() == Failure.Kind.THROTTLED;
    reservation.settle(throttled ? 1 : 0, throttled ? 1 : 0);
  }

  /** {@return when releases are due} */
  OptionalLong nextDue() {
    return toSend.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(ledger.readyAt(loop.clock().nanos()));
  }

  private void answered(Release release, ReleaseReply reply) {
    if (!open.contains(release)) {
      return;
    }
    if (reply instanceof ReleaseReply.Released released) {
      close(release);
      completions.execute(() -> release.outcome.complete(released.deleted()));
      return;
    }
    Failure failure = ((ReleaseReply.Failed) reply).failure();
    if (failure.kind().isFinal()) {
      fail(release, writeFailures.ofRelease(ledger.table(), failure));
      return;
    }
    release.failures++;
    loop.metrics().retried(Stage.RELEASE, ledger.table(), 1, failure.code());
    long at = loop.retryAt(release.failures);
    if (at >= release.deadline) {
      fail(release, writeFailures.atDeadline(ledger.table(), failure));
    } else {
      loop.timers().schedule(at, () -> toSend.add(release));
    }
  }

  private void close(Release release) {
    open.remove(release);
    ids.computeIfPresent(release.id, (id, count) -> count == 1 ? null : count - 1);
    protocol.get().forget(release.id);
  }

  private void fail(Release release, SluiceException failure) {
    close(release);
    completions.execute(() -> release.outcome.completeExceptionally(failure));
  }

  void failAll(SluiceException failure) {
    toSend.clear();
    List.copyOf(open).forEach(release -> fail(release, failure));
  }
}
