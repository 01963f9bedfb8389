package dev.sluice.simulation;

import java.util.BitSet;

/** A partition in one process's hands: what is dispatched, done, and committed. */
final class Assignment {
  private final int partition;
  private final Log log;
  private final BitSet done = new BitSet();
  private int next;
  private int lastCommitted;

  Assignment(int partition, Log log) {
    this.partition = partition;
    this.log = log;
    this.next = log.committed(partition);
    this.lastCommitted = next;
    done.set(0, next);
  }

  int partition() {
    return partition;
  }

  /** The next record to hand over, or null if none is published yet. */
  Log.Entry next(long seconds) {
    while (next < log.end(partition) && log.isCompacted(log.at(partition, next))) {
      done.set(next++);
    }
    if (next == log.end(partition)) {
      return null;
    }
    Log.Entry entry = log.at(partition, next);
    return entry.availableAt() <= seconds ? entry : null;
  }

  void dispatched() {
    next++;
  }

  void done(int offset) {
    done.set(offset);
  }

  /** The position up to which everything is done. */
  int position() {
    return done.nextClearBit(0);
  }

  int lastCommitted() {
    return lastCommitted;
  }

  void committed() {
    lastCommitted = position();
  }

  /** Whether all that was handed over is done and committed. */
  boolean isIdle() {
    return position() == next && lastCommitted == next;
  }

  boolean isDone() {
    return position() >= log.end(partition);
  }
}
