package dev.sluice.write;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.ledger.ClaimMemory;
import dev.sluice.model.SluiceException;
import dev.sluice.request.LedgerRequests;
import java.util.Collection;
import java.util.OptionalLong;

/** The stages that a writer's work goes through, put together. Belongs to the loop. */
final class WriterStages {
  private final EffectLanes lanes;
  private final Protocol protocol;
  private final ReleaseStage releases;

  private WriterStages(EffectLanes lanes, Protocol protocol, ReleaseStage releases) {
    this.lanes = lanes;
    this.protocol = protocol;
    this.releases = releases;
  }

  static WriterStages assemble(
      WriterSettings settings,
      LedgerRequests ledger,
      Collection<TableRoute> routes,
      Endings endings,
      LoopResources loop) {
    WriteFailures failures = new WriteFailures(ledger.table(), settings.deliveryTimeout());
    // A write lingers once with the claims and once with the effects: linger bounds the sum.
    BatchTriggers triggers = settings.triggers();
    BatchTriggers each =
        new BatchTriggers(triggers.maxItems(), triggers.maxBytes(), triggers.linger().dividedBy(2));
    EffectLanes lanes = new EffectLanes(routes, each, loop);
    EffectStage effects = new EffectStage(lanes, failures, loop);
    ClaimStage claims =
        new ClaimStage(
            new ClaimLane(ledger, each, failures, loop),
            new ClaimMemory(settings.claimMemory()),
            ledger.time(),
            settings.duplicates(),
            effects,
            endings,
            failures,
            loop);
    ReleaseStage releases =
        new ReleaseStage(ledger.table().name(), ledger.delete(), endings, failures, loop);
    return new WriterStages(lanes, claims, releases);
  }

  void accept(PendingWrite write) {
    protocol.accept(write);
  }

  void expire(PendingWrite write) {
    protocol.expire(write);
  }

  /** Sends what is due, as far as there is room: what has begun before what has not. */
  void dispatch(boolean flushing) {
    Eagerness whenIdle = flushing ? Eagerness.AT_ONCE : Eagerness.IDLE_AT_ONCE;
    boolean moreToCome = !flushing && protocol.hasUnanswered();
    lanes.dispatch(moreToCome ? Eagerness.LINGER : whenIdle);
    releases.dispatch();
    protocol.dispatch(whenIdle);
  }

  /** {@return when a batch is due by itself} */
  OptionalLong nextDue() {
    return Timers.earlier(lanes.nextDue(), protocol.nextDue());
  }

  void release(ReleaseStage.Release release) {
    protocol.forget(release.id);
    releases.accept(release);
  }

  void refuse(ReleaseStage.Release release, SluiceException failure) {
    releases.refuse(release, failure);
  }

  boolean isReleasing() {
    return !releases.isIdle();
  }

  void failReleases(SluiceException failure) {
    releases.failAll(failure);
  }
}
