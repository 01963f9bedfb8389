package dev.sluice.write;

import dev.sluice.ledger.LedgerEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The writes of one event that are under way in this process. */
final class ClaimGroup {
  /** The one that claims and applies, or null between two leaders. */
  @Nullable PendingWrite leader;

  // What stands in the ledger once that is known, and when it expires in epoch seconds.
  private @Nullable LedgerEntry standing;
  private long expireAt;
  private boolean released;

  // Most events come once: no lists for those.
  private List<PendingWrite> joined = List.of();
  private List<PendingWrite> waiting = List.of();

  /**
   * Creates a group without writes.
   *
   * @param released whether the claim is being released
   */
  ClaimGroup(boolean released) {
    this.released = released;
  }

  /** It is known now what stands in the ledger. */
  void stands(LedgerEntry entry, long entryExpireAt) {
    standing = entry;
    expireAt = entryExpireAt;
  }

  /** The claim is released: what is known of it, or is still to come in, means nothing now. */
  void release() {
    released = true;
  }

  /** {@return the entry that stands in the ledger, or null if it must be asked} */
  @Nullable LedgerEntry standing() {
    return released ? null : standing;
  }

  /** {@return when that expires, in epoch seconds} */
  long expireAt() {
    return expireAt;
  }

  /** The same write as the leader: it ends as that ends. */
  void join(PendingWrite write) {
    joined = with(joined, write);
  }

  /** Another write of the same event: it waits for what the leader's claim finds. */
  void await(PendingWrite write) {
    waiting = with(waiting, write);
  }

  private static List<PendingWrite> with(List<PendingWrite> writes, PendingWrite write) {
    List<PendingWrite> more = writes.isEmpty() ? new ArrayList<>(2) : writes;
    more.add(write);
    return more;
  }

  boolean hasJoined() {
    return !joined.isEmpty();
  }

  List<PendingWrite> takeJoined() {
    List<PendingWrite> taken = joined;
    joined = List.of();
    return taken;
  }

  List<PendingWrite> takeWaiting() {
    List<PendingWrite> taken = waiting;
    waiting = List.of();
    return taken;
  }

  boolean isIdle() {
    return leader == null && waiting.isEmpty();
  }
}
