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
  private final EffectSenders senders;
  private final EffectStage effects;
  private final HotKeyGate gate;
  private final Protocol protocol;
  private final @Nullable ReleaseStage releases;
  private final List<TablePacing> pacings;
  private final WriteCompletions completions;

  private WriterStages(
      EffectSenders senders,
      EffectStage effects,
      HotKeyGate gate,
      Protocol protocol,
      @Nullable ReleaseStage releases,
      List<TablePacing> pacings,
      WriteCompletions completions) {
    this.senders = senders;
    this.effects = effects;
    this.gate = gate;
    this.protocol = protocol;
    this.releases = releases;
    this.pacings = pacings;
    this.completions = completions;
    if (releases != null) {
      releases.onEnded(protocol::forget);
    }
  }

  static WriterStages assemble(
      WriterSettings settings,
      @Nullable LedgerRequests ledger,
      Collection<TableRoute> routes,
      HotKeyView hotKeys,
      WriteCompletions completions,
      LoopResources loop) {
    WriteFailures failures = new WriteFailures(settings.deliveryTimeout());
    int times = settings.mode() == Mode.TRANSACTIONAL ? TransactionGroup.TIMES : 1;
    Map<String, TablePacing> data = new LinkedHashMap<>();
    routes.forEach(
        route ->
            data.put(
                route.table().name(),
                pacing(route.table().name(), !route.sharder().isNone(), times, settings, loop)));
    List<TablePacing> all = new ArrayList<>(data.values());
    if (ledger == null) {
      EffectSenders senders = new EffectSenders(routes, data, settings.triggers(), loop);
      HotKeyGate gate = new HotKeyGate(data.values(), senders, hotKeys, completions, loop.clock());
      EffectStage effects = effects(senders, gate, hotKeys, failures, loop);
      return new WriterStages(
          senders,
          effects,
          gate,
          new KeyedStage(effects, completions, loop),
          null,
          all,
          completions);
    }
    TablePacing ledgerPacing = pacing(ledger.table().name(), false, times, settings, loop);
    all.add(ledgerPacing);
    ReleaseStage releases =
        new ReleaseStage(ledgerPacing, ledger.delete(), completions, failures, loop);
    if (settings.mode() == Mode.TRANSACTIONAL) {
      BatchTriggers triggers =
          new BatchTriggers(
              settings.maxTransactionEvents(),
              TransactWrite.MAX_BYTES,
              settings.triggers().linger());
      TransactionSender sender =
          new TransactionSender(ledger, ledgerPacing, data, triggers, failures, loop);
      HotKeyGate gate = new HotKeyGate(data.values(), sender, hotKeys, completions, loop.clock());
      EffectStage effects = new EffectStage(gate, hotKeys.longKeyLines(), failures, loop);
      sender.onClaim(effects::admit);
      sender.onAgain(gate::append);
      // Transactions carry the effects: there is no sender for them.
      EffectSenders none = new EffectSenders(List.of(), data, triggers, loop);
      Protocol claims =
          claims(settings, ledger, sender, effects, failures, completions, loop, releases);
      return new WriterStages(none, effects, gate, claims, releases, all, completions);
    }
    // A write lingers once with the claims and once with the effects: linger bounds the sum.
    BatchTriggers whole = settings.triggers();
    BatchTriggers each =
        new BatchTriggers(whole.maxItems(), whole.maxBytes(), whole.linger().dividedBy(2));
    EffectSenders senders = new EffectSenders(routes, data, each, loop);
    HotKeyGate gate = new HotKeyGate(data.values(), senders, hotKeys, completions, loop.clock());
    EffectStage effects = effects(senders, gate, hotKeys, failures, loop);
    Claimer claimer = new ClaimSender(ledger, ledgerPacing, each, failures, loop);
    Protocol claims =
        claims(settings, ledger, claimer, effects, failures, completions, loop, releases);
    return new WriterStages(senders, effects, gate, claims, releases, all, completions);
  }

  private static TablePacing pacing(
      String table, boolean sharded, int times, WriterSettings settings, LoopResources loop) {
    return new TablePacing(
        table,
        sharded,
        times,
        requireNonNull(settings.budgets().get(table), "budget"),
        loop.clock());
  }

  private static EffectStage effects(
      EffectSenders senders,
      HotKeyGate gate,
      HotKeyView hotKeys,
      WriteFailures failures,
      LoopResources loop) {
    EffectStage effects = new EffectStage(gate, hotKeys.longKeyLines(), failures, loop);
    senders.onEnded(effects::ended);
    senders.onHot(gate::append);
    return effects;
  }

  private static ClaimStage claims(
      WriterSettings settings,
      LedgerRequests ledger,
      Claimer claimer,
      EffectStage effects,
      WriteFailures failures,
      WriteCompletions completions,
      LoopResources loop,
      ReleaseStage releases) {
    return new ClaimStage(
        claimer,
        new ClaimMemory(settings.claimMemory()),
        ledger,
        settings.duplicates(),
        effects,
        completions,
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
    senders.dispatch(ofEffects(flushing));
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
        Timers.earlier(senders.nextDue(ofEffects(flushing)), protocol.nextDue(ofClaims(flushing)));
    next = Timers.earlier(next, gate.nextRelease());
    next = Timers.earlier(next, effects.nextDue());
    return releases == null ? next : Timers.earlier(next, releases.nextDue());
  }

  /** Tells of budgets that limit something, and of hot keys. */
  void reportPacing(WriterMetrics metrics) {
    for (TablePacing pacing : pacings) {
      pacing.report(metrics);
    }
  }

  void release(ReleaseStage.Release release) {
    protocol.forget(release.id);
    if (releases == null) {
      // There are no claims.
      completions.execute(() -> release.outcome.complete(false));
    } else {
      releases.accept(release);
    }
  }

  void failRelease(ReleaseStage.Release release, SluiceException failure) {
    completions.execute(() -> release.outcome.completeExceptionally(failure));
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
