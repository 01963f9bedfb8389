package dev.sluice.write;

import dev.sluice.flow.Backoff;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.request.ClaimDelete;
import dev.sluice.request.Failure;
import dev.sluice.request.ReleaseReply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Releases claims, retrying as claims are retried. */
final class ReleaseStage {

  /** A release that was asked for. */
  static final class Release {
    final String id;
    final SourcePosition source;
    final CompletableFuture<Boolean> outcome = new CompletableFuture<>();
    long deadline;
    private int failures;

    Release(String id, SourcePosition source) {
      this.id = id;
      this.source = source;
    }
  }

  private final Deque<Release> toSend = new ArrayDeque<>();
  private final Set<Release> open = new LinkedHashSet<>();
  private final ClaimDelete claimDelete;
  private final Endings endings;
  private final WriteFailures writeFailures;
  private final Flights flights;
  private final Timers timers;
  private final TurnClock clock;
  private final Backoff backoff;
  private final RandomGenerator random;

  ReleaseStage(
      ClaimDelete claimDelete,
      Endings endings,
      WriteFailures writeFailures,
      Flights flights,
      Timers timers,
      TurnClock clock,
      Backoff backoff,
      RandomGenerator random) {
    this.claimDelete = claimDelete;
    this.endings = endings;
    this.writeFailures = writeFailures;
    this.flights = flights;
    this.timers = timers;
    this.clock = clock;
    this.backoff = backoff;
    this.random = random;
  }

  void accept(Release release) {
    open.add(release);
    toSend.add(release);
  }

  void refuse(Release release, SluiceException failure) {
    endings.execute(() -> release.outcome.completeExceptionally(failure));
  }

  boolean isIdle() {
    return open.isEmpty();
  }

  void dispatch() {
    while (!toSend.isEmpty() && flights.hasRoom()) {
      Release release = toSend.remove();
      flights.launch(
          () -> claimDelete.send(release.id, release.source),
          ReleaseReply.Failed::new,
          reply -> answered(release, reply));
    }
  }

  private void answered(Release release, ReleaseReply reply) {
    if (!open.contains(release)) {
      return;
    }
    if (reply instanceof ReleaseReply.Released released) {
      open.remove(release);
      endings.execute(() -> release.outcome.complete(released.deleted()));
      return;
    }
    Failure failure = ((ReleaseReply.Failed) reply).failure();
    if (failure.kind() == Failure.Kind.SYSTEM || failure.kind() == Failure.Kind.RECORD) {
      fail(release, writeFailures.ofRelease(failure));
      return;
    }
    release.failures++;
    long at = clock.nanos() + backoff.delayNanos(release.failures, random);
    if (at >= release.deadline) {
      fail(release, writeFailures.unknown(failure));
    } else {
      timers.schedule(at, () -> toSend.add(release));
    }
  }

  private void fail(Release release, SluiceException failure) {
    open.remove(release);
    endings.execute(() -> release.outcome.completeExceptionally(failure));
  }

  void failAll(SluiceException failure) {
    toSend.clear();
    List.copyOf(open).forEach(release -> fail(release, failure));
  }
}
