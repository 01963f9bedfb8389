package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.ledger.ClaimMemory;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.Mode;
import dev.sluice.model.SluiceException;
import dev.sluice.request.LedgerRequests;
import dev.sluice.request.TransactWrite;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The stages that a writer's work goes through, put together. Belongs to the loop. */
final class WriterStages {
  private final EffectLanes lanes;
  private final EffectStage effects;
  private final HotGate gate;
  private final Protocol protocol;
  private final @Nullable ReleaseStage releases;
  private final List<TableFlow> flows;
  private final Endings endings;

  private WriterStages(
      EffectLanes lanes,
      EffectStage effects,
      HotGate gate,
      Protocol protocol,
      @Nullable ReleaseStage releases,
      List<TableFlow> flows,
      Endings endings) {
    this.lanes = lanes;
    this.effects = effects;
    this.gate = gate;
    this.protocol = protocol;
    this.releases = releases;
    this.flows = flows;
    this.endings = endings;
    if (releases != null) {
      releases.onEnded(protocol::forget);
    }
  }

  static WriterStages assemble(
      WriterSettings settings,
      @Nullable LedgerRequests ledger,
      Collection<TableRoute> routes,
      HotKeyView hotKeys,
      Endings endings,
      LoopResources loop) {
    WriteFailures failures = new WriteFailures(settings.deliveryTimeout());
    int times = settings.mode() == Mode.TRANSACTIONAL ? TransactionGroup.TIMES : 1;
    Map<String, TableFlow> data = new LinkedHashMap<>();
    routes.forEach(
        route ->
            data.put(
                route.table().name(),
                flow(route.table().name(), !route.sharder().isNone(), times, settings, loop)));
    List<TableFlow> all = new ArrayList<>(data.values());
    if (ledger == null) {
      EffectLanes lanes = new EffectLanes(routes, data, settings.triggers(), loop);
      HotGate gate = new HotGate(data.values(), lanes, hotKeys, endings, loop.clock());
      EffectStage effects = effects(lanes, gate, hotKeys, failures, loop);
      return new WriterStages(
          lanes, effects, gate, new KeyedStage(effects, endings, loop), null, all, endings);
    }
    TableFlow ledgerFlow = flow(ledger.table().name(), false, times, settings, loop);
    all.add(ledgerFlow);
    ReleaseStage releases = new ReleaseStage(ledgerFlow, ledger.delete(), endings, failures, loop);
    if (settings.mode() == Mode.TRANSACTIONAL) {
      BatchTriggers triggers =
          new BatchTriggers(
              settings.maxTransactionEvents(),
              TransactWrite.MAX_BYTES,
              settings.triggers().linger());
      TransactionLane lane =
          new TransactionLane(ledger, ledgerFlow, data, triggers, failures, loop);
      HotGate gate = new HotGate(data.values(), lane, hotKeys, endings, loop.clock());
      EffectStage effects = new EffectStage(gate, hotKeys.longLines(), failures, loop);
      lane.onClaim(effects::admit);
      lane.onAgain(gate::append);
      // Transactions carry the effects: there is no lane for them.
      EffectLanes none = new EffectLanes(List.of(), data, triggers, loop);
      Protocol claims = claims(settings, ledger, lane, effects, failures, endings, loop, releases);
      return new WriterStages(none, effects, gate, claims, releases, all, endings);
    }
    // A write lingers once with the claims and once with the effects: linger bounds the sum.
    BatchTriggers whole = settings.triggers();
    BatchTriggers each =
        new BatchTriggers(whole.maxItems(), whole.maxBytes(), whole.linger().dividedBy(2));
    EffectLanes lanes = new EffectLanes(routes, data, each, loop);
    HotGate gate = new HotGate(data.values(), lanes, hotKeys, endings, loop.clock());
    EffectStage effects = effects(lanes, gate, hotKeys, failures, loop);
    Claimer claimer = new ClaimLane(ledger, ledgerFlow, each, failures, loop);
    Protocol claims = claims(settings, ledger, claimer, effects, failures, endings, loop, releases);
    return new WriterStages(lanes, effects, gate, claims, releases, all, endings);
  }

  private static TableFlow flow(
      String table, boolean sharded, int times, WriterSettings settings, LoopResources loop) {
    return new TableFlow(
        table,
        sharded,
        times,
        requireNonNull(settings.budgets().get(table), "budget"),
        loop.clock());
  }

  private static EffectStage effects(
      EffectLanes lanes,
      HotGate gate,
      HotKeyView hotKeys,
      WriteFailures failures,
      LoopResources loop) {
    EffectStage effects = new EffectStage(gate, hotKeys.longLines(), failures, loop);
    lanes.onEnded(effects::ended);
    lanes.onHot(gate::append);
    return effects;
  }

  private static ClaimStage claims(
      WriterSettings settings,
      LedgerRequests ledger,
      Claimer claimer,
      EffectStage effects,
      WriteFailures failures,
      Endings endings,
      LoopResources loop,
      ReleaseStage releases) {
    return new ClaimStage(
        claimer,
        new ClaimMemory(settings.claimMemory()),
        ledger,
        settings.duplicates(),
        effects,
        endings,
        failures,
        loop,
        releases::isUnderWay);
  }

  void accept(PendingWrite write) {
    protocol.accept(write);
  }

  void expire(PendingWrite write) {
    protocol.expire(write);
  }

  /** Sends what is due, as far as there is room: what has begun before what has not. */
  void dispatch(boolean flushing) {
    gate.release();
    lanes.dispatch(ofEffects(flushing));
    effects.dispatch();
    if (releases != null) {
      releases.dispatch();
    }
    protocol.dispatch(ofClaims(flushing));
  }

  private Eagerness ofEffects(boolean flushing) {
    boolean moreToCome = !flushing && protocol.hasUnanswered();
    return moreToCome ? Eagerness.LINGER : ofClaims(flushing);
  }

  private static Eagerness ofClaims(boolean flushing) {
    return flushing ? Eagerness.AT_ONCE : Eagerness.IDLE_AT_ONCE;
  }

  /** {@return when something is due by itself} */
  OptionalLong nextDue(boolean flushing) {
    OptionalLong next =
        Timers.earlier(lanes.nextDue(ofEffects(flushing)), protocol.nextDue(ofClaims(flushing)));
    next = Timers.earlier(next, gate.nextRelease());
    next = Timers.earlier(next, effects.nextDue());
    return releases == null ? next : Timers.earlier(next, releases.nextDue());
  }

  /** Tells of budgets that limit something, and of hot keys. */
  void reportFlow(WriterMetrics metrics) {
    for (TableFlow flow : flows) {
      flow.report(metrics);
    }
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
