package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.model.Mode;
import dev.sluice.request.KeySchemaRead;
import dev.sluice.request.LedgerRequests;
import dev.sluice.request.TransactWrite;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the stages of a writer as its mode needs them, and connects them with each other. */
final class StageAssembly {
  private final Collection<TableRoute> routes;
  private final HotKeyView hotKeys;
  private final WriteCompletions completions;
  private final LoopResources loop;
  private final WriterSettings settings;
  private final WriteFailures failures;
  private final KeySchemaChecks keySchemas;
  private final Map<String, TablePacing> pacings = new LinkedHashMap<>();

  private StageAssembly(
      @Nullable LedgerRequests ledger,
      Collection<TableRoute> routes,
      HotKeyView hotKeys,
      WriteCompletions completions,
      LoopResources loop) {
    this.routes = routes;
    this.hotKeys = hotKeys;
    this.completions = completions;
    this.loop = loop;
    this.settings = loop.settings();
    this.failures = new WriteFailures(settings.deliveryTimeout());
    List<KeySchemaRead> keys = new ArrayList<>();
    routes.forEach(route -> keys.add(route.keys()));
    if (ledger != null) {
      keys.add(ledger.keys());
    }
    this.keySchemas = new KeySchemaChecks(keys, failures, loop);
    for (TableRoute route : routes) {
      String table = route.table().name();
      pacings.put(table, pacing(table, !route.sharder().isNone(), route.table().indexes()));
    }
  }

  /**
   * Builds the stages of a writer.
   *
   * @param ledger the operations on the ledger, or null where the mode needs none
   * @param routes the declared tables
   * @param hotKeys shown which keys are hot
   * @param completions where writes end
   * @param loop what the stages share
   */
  static WriterStages of(
      @Nullable LedgerRequests ledger,
      Collection<TableRoute> routes,
      HotKeyView hotKeys,
      WriteCompletions completions,
      LoopResources loop) {
    StageAssembly assembly = new StageAssembly(ledger, routes, hotKeys, completions, loop);
    if (ledger == null) {
      return assembly.withoutLedger();
    }
    return loop.settings().mode() == Mode.TRANSACTIONAL
        ? assembly.withTransactions(ledger)
        : assembly.withLedger(ledger);
  }

  private WriterStages withoutLedger() {
    EffectSenders senders = new EffectSenders(routes, pacings, settings.triggers(), loop);
    HotKeyGate gate = gate(senders);
    EffectStage effects = effects(gate);
    senders.connect(effects, gate);
    Protocol protocol = new KeyedStage(effects, completions, loop);
    return new WriterStages(
        senders, effects, gate, protocol, null, List.copyOf(pacings.values()), completions);
  }

  private WriterStages withLedger(LedgerRequests ledger) {
    // A write lingers once with the claims and once with the effects: linger bounds the sum.
    BatchTriggers whole = settings.triggers();
    BatchTriggers each =
        new BatchTriggers(whole.maxItems(), whole.maxBytes(), whole.linger().dividedBy(2));
    EffectSenders senders = new EffectSenders(routes, pacings, each, loop);
    HotKeyGate gate = gate(senders);
    EffectStage effects = effects(gate);
    senders.connect(effects, gate);
    TablePacing ledgerPacing = pacing(ledger.table().name(), false, List.of());
    Claimer claimer = new ClaimSender(ledger, ledgerPacing, each, failures, loop);
    return withClaims(ledger, ledgerPacing, claimer, senders, gate, effects);
  }

  private WriterStages withTransactions(LedgerRequests ledger) {
    BatchTriggers triggers =
        new BatchTriggers(
            settings.maxTransactionEvents(), TransactWrite.MAX_BYTES, settings.triggers().linger());
    TablePacing ledgerPacing = pacing(ledger.table().name(), false, List.of());
    TransactionSender sender =
        new TransactionSender(ledger, ledgerPacing, pacings, triggers, failures, keySchemas, loop);
    HotKeyGate gate = gate(sender);
    EffectStage effects = effects(gate);
    sender.connect(effects, gate);
    // Transactions carry the effects: there are no senders for them.
    EffectSenders none = new EffectSenders(List.of(), pacings, triggers, loop);
    return withClaims(ledger, ledgerPacing, sender, none, gate, effects);
  }

  private WriterStages withClaims(
      LedgerRequests ledger,
      TablePacing ledgerPacing,
      Claimer claimer,
      EffectSenders senders,
      HotKeyGate gate,
      EffectStage effects) {
    ReleaseStage releases =
        new ReleaseStage(ledgerPacing, ledger.delete(), completions, failures, loop);
    Protocol claims =
        new ClaimStage(claimer, ledger, effects, completions, failures, loop, releases::isUnderWay);
    releases.connect(claims);
    List<TablePacing> all = new ArrayList<>(pacings.values());
    all.add(ledgerPacing);
    return new WriterStages(senders, effects, gate, claims, releases, all, completions);
  }

  private HotKeyGate gate(EffectSink sink) {
    return new HotKeyGate(pacings.values(), sink, hotKeys, completions, loop.clock());
  }

  private EffectStage effects(HotKeyGate gate) {
    return new EffectStage(gate, hotKeys.longKeyLines(), failures, keySchemas, loop);
  }

  private TablePacing pacing(String table, boolean sharded, List<String> indexes) {
    int times = settings.mode() == Mode.TRANSACTIONAL ? TransactionGroup.TIMES : 1;
    return new TablePacing(
        table,
        sharded,
        times,
        requireNonNull(settings.budgets().get(table), "budget"),
        indexes,
        loop.clock());
  }
}
