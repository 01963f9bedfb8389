package dev.sluice.write;

import dev.sluice.ledger.LedgerEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The writes of one event that are under way in this process. */
final class ClaimGroup {
  /** The one that claims and applies, or null between two leaders. */
  @Nullable PendingWrite leader;

  /** The entry that stands in the ledger, once it is known. */
  @Nullable LedgerEntry standing;

  /** The same write as the leader: they end as it ends. */
  final List<PendingWrite> joined = new ArrayList<>();

  /** Others of the same event: they wait for what the leader's claim finds. */
  final Deque<PendingWrite> waiting = new ArrayDeque<>(1);

  boolean isIdle() {
    return leader == null && waiting.isEmpty();
  }
}
