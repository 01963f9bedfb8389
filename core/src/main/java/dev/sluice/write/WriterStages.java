package dev.sluice.write;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.ledger.ClaimMemory;
import dev.sluice.model.Mode;
import dev.sluice.model.SluiceException;
import dev.sluice.request.LedgerRequests;
import dev.sluice.request.TransactWrite;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The stages that a writer's work goes through, put together. Belongs to the loop. */
final class WriterStages {
  private final EffectLanes lanes;
  private final Protocol protocol;
  private final @Nullable ReleaseStage releases;
  private final Endings endings;

  private WriterStages(
      EffectLanes lanes, Protocol protocol, @Nullable ReleaseStage releases, Endings endings) {
    this.lanes = lanes;
    this.protocol = protocol;
    this.releases = releases;
    this.endings = endings;
    if (releases != null) {
      releases.onEnded(protocol::forget);
    }
  }

  static WriterStages assemble(
      WriterSettings settings,
      @Nullable LedgerRequests ledger,
      Collection<TableRoute> routes,
      Endings endings,
      LoopResources loop) {
    WriteFailures failures = new WriteFailures(settings.deliveryTimeout());
    if (ledger == null) {
      return keyed(settings, routes, failures, endings, loop);
    }
    ReleaseStage releases =
        new ReleaseStage(ledger.table().name(), ledger.delete(), endings, failures, loop);
    return settings.mode() == Mode.TRANSACTIONAL
        ? transactional(settings, ledger, failures, releases, endings, loop)
        : ledger(settings, ledger, routes, failures, releases, endings, loop);
  }

  private static WriterStages keyed(
      WriterSettings settings,
      Collection<TableRoute> routes,
      WriteFailures failures,
      Endings endings,
      LoopResources loop) {
    EffectLanes lanes = new EffectLanes(routes, settings.triggers(), loop);
    EffectStage effects = effects(lanes, failures, loop);
    return new WriterStages(lanes, new KeyedStage(effects, endings, loop), null, endings);
  }

  private static WriterStages ledger(
      WriterSettings settings,
      LedgerRequests ledger,
      Collection<TableRoute> routes,
      WriteFailures failures,
      ReleaseStage releases,
      Endings endings,
      LoopResources loop) {
    // A write lingers once with the claims and once with the effects: linger bounds the sum.
    BatchTriggers triggers = settings.triggers();
    BatchTriggers each =
        new BatchTriggers(triggers.maxItems(), triggers.maxBytes(), triggers.linger().dividedBy(2));
    EffectLanes lanes = new EffectLanes(routes, each, loop);
    Claimer claimer = new ClaimLane(ledger, each, failures, loop);
    EffectStage effects = effects(lanes, failures, loop);
    Protocol claims = claims(settings, ledger, claimer, effects, failures, endings, loop);
    return new WriterStages(lanes, claims, releases, endings);
  }

  private static WriterStages transactional(
      WriterSettings settings,
      LedgerRequests ledger,
      WriteFailures failures,
      ReleaseStage releases,
      Endings endings,
      LoopResources loop) {
    BatchTriggers triggers =
        new BatchTriggers(
            settings.maxTransactionEvents(), TransactWrite.MAX_BYTES, settings.triggers().linger());
    TransactionLane lane = new TransactionLane(ledger, triggers, failures, loop);
    EffectStage effects = new EffectStage(lane, failures, loop);
    lane.onClaim(effects::admit);
    Protocol claims = claims(settings, ledger, lane, effects, failures, endings, loop);
    // Transactions carry the effects: there is no lane for them.
    EffectLanes none = new EffectLanes(List.of(), settings.triggers(), loop);
    return new WriterStages(none, claims, releases, endings);
  }

  private static EffectStage effects(
      EffectLanes lanes, WriteFailures failures, LoopResources loop) {
    EffectStage effects = new EffectStage(lanes, failures, loop);
    lanes.onEnded(effects::ended);
    return effects;
  }

  private static ClaimStage claims(
      WriterSettings settings,
      LedgerRequests ledger,
      Claimer claimer,
      EffectStage effects,
      WriteFailures failures,
      Endings endings,
      LoopResources loop) {
    return new ClaimStage(
        claimer,
        new ClaimMemory(settings.claimMemory()),
        ledger.time(),
        settings.duplicates(),
        effects,
        endings,
        failures,
        loop);
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
    if (releases != null) {
      releases.dispatch();
    }
    protocol.dispatch(whenIdle);
  }

  /** {@return when a batch is due by itself} */
  OptionalLong nextDue() {
    return Timers.earlier(lanes.nextDue(), protocol.nextDue());
  }

  void release(ReleaseStage.Release release) {
    protocol.forget(release.id);
    if (releases == null) {
      // There are no claims.
      endings.execute(() -> release.outcome.complete(false));
    } else {
      releases.accept(release);
    }
  }

  void refuse(ReleaseStage.Release release, SluiceException failure) {
    endings.execute(() -> release.outcome.completeExceptionally(failure));
  }

  boolean isReleasing() {
    return releases != null && !releases.isIdle();
  }

  void failReleases(SluiceException failure) {
    if (releases != null) {
      releases.failAll(failure);
    }
  }
}
