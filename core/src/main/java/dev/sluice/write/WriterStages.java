package dev.sluice.write;

import dev.sluice.model.LedgerTable;
import dev.sluice.request.ClaimDelete;
import dev.sluice.request.ClaimPut;
import java.util.Collection;

/**
 * The stages that a writer's work goes through, put together.
 *
 * @param lanes send effects
 * @param claims get claims answered
 * @param releases release claims
 */
record WriterStages(EffectLanes lanes, ClaimStage claims, ReleaseStage releases) {

  static WriterStages assemble(
      WriterSettings settings,
      LedgerTable ledger,
      Collection<TableRoute> routes,
      ClaimPut claimPut,
      ClaimDelete claimDelete,
      Endings endings,
      LoopResources loop) {
    WriteFailures failures = new WriteFailures(ledger, settings.deliveryTimeout());
    EffectLanes lanes = new EffectLanes(routes, settings.triggers(), loop);
    EffectStage effects = new EffectStage(lanes, failures, loop);
    ClaimStage claims =
        new ClaimStage(
            ledger.name(), claimPut, settings.duplicates(), effects, endings, failures, loop);
    ReleaseStage releases = new ReleaseStage(ledger.name(), claimDelete, endings, failures, loop);
    return new WriterStages(lanes, claims, releases);
  }

  /** Sends what is due, as far as there is room: what has begun before what has not. */
  void dispatch(boolean flushing) {
    lanes.dispatch(eagerness(flushing));
    releases.dispatch();
    claims.dispatch();
  }

  private EffectLanes.Eagerness eagerness(boolean flushing) {
    if (flushing) {
      return EffectLanes.Eagerness.AT_ONCE;
    }
    return claims.hasUnanswered()
        ? EffectLanes.Eagerness.LINGER
        : EffectLanes.Eagerness.IDLE_AT_ONCE;
  }
}
