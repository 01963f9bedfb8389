package dev.sluice.kafka.internal.partition;

import dev.sluice.kafka.internal.offsets.OffsetTracker;
import java.time.Instant;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/** How far a partition has been read, is done, and is committed, in one epoch. Not thread-safe. */
public final class PartitionOffsets {
  public final OffsetTracker tracker = new OffsetTracker();

  /** Which topic the offsets belong to. */
  public final TopicIdentity identity = new TopicIdentity();

  /** The committed offset; until it is known, nothing is dispatched. */
  public long committed = OffsetTracker.UNKNOWN;

  private int committedEpoch = OffsetTracker.NO_EPOCH;

  /** Whether the committed offset was asked for; there may be none. */
  public boolean lookedUp;

  /** Whether what is committed does not count, since it belongs to another topic. */
  public boolean beginsAnew;

  /** Records from here on wait until it is committed that the partition is read from here. */
  private long skippedTo = OffsetTracker.UNKNOWN;

  /** When the client may be asked again whether it has found out where it reads on. */
  public Instant nextLook = Instant.MIN;

  private @Nullable Instant unknownSince;

  /** The committed offset is not known yet at this moment. */
  public void unknownSince(Instant now) {
    if (unknownSince == null) {
      unknownSince = now;
    }
  }

  /** Since when the committed offset has not been found out, or null if it has. */
  public @Nullable Instant unknownSince() {
    return lookedUp ? null : unknownSince;
  }

  public boolean started() {
    return committed != OffsetTracker.UNKNOWN;
  }

  /** Whether a record may be dispatched, as far as commits go. */
  boolean mayBegin(long offset) {
    return committed >= skippedTo || offset < skippedTo;
  }

  /**
   * The client goes on at an offset; if not where it was to, then by itself, as it does where that
   * is gone. Unless this is committed before anything is dispatched, it may go on somewhere else
   * after a crash, and skip a record that holds a claim.
   */
  public void goesOnAt(long offset) {
    goesOnAt(offset, tracker.position() == OffsetTracker.UNKNOWN ? committed : tracker.position());
  }

  private void goesOnAt(long offset, long expected) {
    if (expected != OffsetTracker.UNKNOWN && offset > expected) {
      skippedTo = Math.max(skippedTo, offset);
    }
  }

  /** The committed offset is known now, but was not when the client went on. */
  public void wentOnFrom(long offset) {
    goesOnAt(tracker.committable(), offset);
  }

  /** The position went back: as {@link #goesOnAt}, nothing is dispatched until it is committed. */
  public void wentBack() {
    committed = OffsetTracker.UNKNOWN;
  }

  /** This is committed. */
  public void committed(long offset, int leaderEpoch, @Nullable TopicId topic) {
    committed = offset;
    committedEpoch = leaderEpoch;
    identity.committed(topic);
  }

  /** This was found to be committed, before anything of the epoch was. */
  public void foundCommitted(OffsetAndMetadata found) {
    int epoch = found.leaderEpoch().orElse(OffsetTracker.NO_EPOCH);
    TopicId topic = TopicId.of(found.metadata());
    committed(found.offset(), epoch, topic);
    identity.belongsTo(topic);
    if (tracker.position() == OffsetTracker.UNKNOWN) {
      tracker.advanceTo(found.offset(), epoch);
    }
  }

  /** Another epoch of the same assignment goes on with what is committed. */
  void goesOnFrom(PartitionOffsets former) {
    committed = former.committed;
    committedEpoch = former.committedEpoch;
    lookedUp = former.lookedUp;
    beginsAnew = former.beginsAnew;
    identity.goesOnFrom(former.identity);
  }

  /**
   * Whether something waits for a commit that may go now. One that goes down may not wait: were the
   * log to grow past what is committed, a crash would skip what it grew by.
   */
  public boolean awaitsCommit() {
    long dirty = dirty();
    return started()
        ? (committed < skippedTo && dirty >= skippedTo)
            || (dirty != OffsetTracker.UNKNOWN && dirty < committed)
        : dirty != OffsetTracker.UNKNOWN;
  }

  /** The offset to commit, or UNKNOWN if there is nothing new. */
  public long dirty() {
    long committable = tracker.committable();
    return lookedUp && (committable != committed || isOfAnotherLog())
        ? committable
        : OffsetTracker.UNKNOWN;
  }

  /** An equal offset may belong to a log that was cut and grew again, or to another topic. */
  private boolean isOfAnotherLog() {
    int epoch = tracker.committableEpoch();
    return (epoch != OffsetTracker.NO_EPOCH && epoch != committedEpoch)
        || identity.isToBeCommitted();
  }
}
