package dev.sluice.kafka.poll;

import dev.sluice.kafka.offsets.OffsetTracker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How far a partition has been read, is done, and is committed, in one epoch. Not thread-safe. */
final class Progress {
  final OffsetTracker tracker = new OffsetTracker();

  /** The committed offset; until it is known, nothing is dispatched. */
  long committed = OffsetTracker.UNKNOWN;

  /** Whether the committed offset was asked for; there may be none. */
  boolean lookedUp;

  /** Records from here on wait until it is committed that the partition is read from here. */
  private long skippedTo = OffsetTracker.UNKNOWN;

  /** When the client may be asked again whether it has found out where it reads on. */
  Instant nextLook = Instant.MIN;

  private @Nullable Instant unknownSince;

  /** The committed offset is not known yet at this moment. */
  void unknownSince(Instant now) {
    if (unknownSince == null) {
      unknownSince = now;
    }
  }

  /** Since when the committed offset has not been found out, or null if it has. */
  @Nullable Instant unknownSince() {
    return lookedUp ? null : unknownSince;
  }

  boolean started() {
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
  void goesOnAt(long offset) {
    goesOnAt(offset, tracker.position() == OffsetTracker.UNKNOWN ? committed : tracker.position());
  }

  private void goesOnAt(long offset, long expected) {
    if (expected != OffsetTracker.UNKNOWN && offset > expected) {
      skippedTo = Math.max(skippedTo, offset);
    }
  }

  /** The committed offset is known now, but was not when the client went on. */
  void wentOnFrom(long offset) {
    committed = offset;
    goesOnAt(tracker.committable(), offset);
  }

  /** Whether something waits for a commit that may go now. */
  boolean awaitsCommit() {
    return started()
        ? committed < skippedTo && dirty() >= skippedTo
        : dirty() != OffsetTracker.UNKNOWN;
  }

  /** The offset to commit, or UNKNOWN if there is nothing new. */
  long dirty() {
    long committable = tracker.committable();
    return lookedUp && committable != committed ? committable : OffsetTracker.UNKNOWN;
  }
}
