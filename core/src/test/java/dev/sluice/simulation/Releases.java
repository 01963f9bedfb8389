package dev.sluice.simulation;

import dev.sluice.model.Outcome;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** When claims were released, and that nothing is judged by one of them after that. */
final class Releases {
  private final Map<String, Instant> releasedAt = new HashMap<>();
  // Those of processes that died stay so: what they had sent may still land.
  private final Map<String, Integer> underWay = new HashMap<>();
  private final VirtualTime time;
  private final SimulatedTables tables;

  Releases(VirtualTime time, SimulatedTables tables) {
    this.time = time;
    this.tables = tables;
  }

  /** A record is under way in some process, and may claim. */
  void began(String source) {
    underWay.merge(source, 1, Integer::sum);
    releasedAt.remove(source);
  }

  void ended(String source) {
    underWay.merge(source, -1, Integer::sum);
  }

  /** A claim was released; where the record is under way elsewhere, it may claim again. */
  void released(String source) {
    if (underWay.getOrDefault(source, 0) == 0) {
      releasedAt.put(source, time.now());
    }
  }

  /**
   * A record that was accepted after the claim of another was released, which did not come back, is
   * no duplicate of that one.
   */
  void judged(Log.Entry entry, Instant acceptedAt, Outcome outcome, Checks checks) {
    String holder = null;
    if (outcome instanceof Outcome.Duplicate duplicate) {
      holder = duplicate.canonical().value();
    } else if (outcome instanceof Outcome.Conflict conflict) {
      holder = conflict.holder().value();
    }
    Instant at = holder == null ? null : releasedAt.get(holder);
    checks.require(
        at == null || at.isAfter(acceptedAt) || tables.isClaimed(entry.event(), holder),
        entry.source() + " was judged by the claim of " + holder + ", which had been released");
  }
}
