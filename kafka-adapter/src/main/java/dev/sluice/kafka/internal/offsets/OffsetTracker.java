package dev.sluice.kafka.internal.offsets;

/**
 * Knows which offset of one partition may be committed while its records end in any order: the
 * oldest one that is still open, or, with none open, the position up to which the partition was
 * read. Offsets come as received; gaps between them (compaction, transaction markers) are normal.
 *
 * <p>With each offset goes the leader epoch in which the log held it: whoever reads on from an
 * offset can see by its epoch that the log was cut below it meanwhile.
 *
 * <p>Each received offset gets a ticket, with which it is completed. All operations take constant
 * time, amortised, and allocate only to grow. Not thread-safe.
 */
public final class OffsetTracker {
  /** Stands for an offset that is not known yet. */
  public static final long UNKNOWN = -1;

  /** Stands for a leader epoch that is not known, as with old message formats. */
  public static final int NO_EPOCH = -1;

  private static final int FIRST_CAPACITY = 64;

  /** A ring indexed by ticket: the offset while it is open, its complement once it is completed. */
  private long[] ring = new long[FIRST_CAPACITY];

  /** The leader epochs, by ticket too. */
  private int[] epochs = new int[FIRST_CAPACITY];

  /** The ticket of the oldest open offset; {@link #tail} if there is none. */
  private long head;

  /** The next ticket. */
  private long tail;

  private int open;
  private long position = UNKNOWN;
  private int epoch = NO_EPOCH;

  /**
   * Whether an offset may be received: one below the position means that the partition was set
   * back, and a new tracker has to take over.
   *
   * @param offset 0 or more
   * @return whether it is at or above the position
   */
  public boolean accepts(long offset) {
    return offset >= position;
  }

  /**
   * Opens an offset.
   *
   * @param offset an offset that this tracker {@linkplain #accepts accepts}
   * @param leaderEpoch the leader epoch of its record, or {@link #NO_EPOCH}
   * @return the ticket that completes it
   */
  public long received(long offset, int leaderEpoch) {
    if (offset < 0 || !accepts(offset)) {
      throw new IllegalArgumentException(
          "offset is " + offset + "; it must be at least the position, which is " + position);
    }
    if (tail - head == ring.length) {
      grow();
    }
    ring[slot(tail)] = offset;
    epochs[slot(tail)] = leaderEpoch;
    position = offset + 1;
    epoch = leaderEpoch;
    open++;
    return tail++;
  }

  /**
   * Opens an offset of an unknown leader epoch.
   *
   * @param offset an offset that this tracker {@linkplain #accepts accepts}
   * @return the ticket that completes it
   */
  public long received(long offset) {
    return received(offset, NO_EPOCH);
  }

  /**
   * Completes an offset.
   *
   * @param ticket what {@link #received} gave
   * @return whether it was open
   */
  public boolean complete(long ticket) {
    if (ticket < head || ticket >= tail || ring[slot(ticket)] < 0) {
      return false;
    }
    ring[slot(ticket)] = ~ring[slot(ticket)];
    open--;
    while (head < tail && ring[slot(head)] < 0) {
      head++;
    }
    return true;
  }

  /**
   * Moves the position forward: everything below it was received, or does not exist.
   *
   * @param next the offset that is read next; one below the position changes nothing
   * @param leaderEpoch the leader epoch of what is before it, or {@link #NO_EPOCH}
   */
  public void advanceTo(long next, int leaderEpoch) {
    if (next > position || (next == position && leaderEpoch != NO_EPOCH)) {
      epoch = leaderEpoch;
    }
    position = Math.max(position, next);
  }

  /**
   * Moves the position forward, by an unknown leader epoch.
   *
   * @param next the offset that is read next; one below the position changes nothing
   */
  public void advanceTo(long next) {
    advanceTo(next, NO_EPOCH);
  }

  /** {@return the offset that may be committed, or {@link #UNKNOWN}} */
  public long committable() {
    return head < tail ? ring[slot(head)] : position;
  }

  /** {@return the leader epoch to commit with that offset, or {@link #NO_EPOCH}} */
  public int committableEpoch() {
    return head < tail ? epochs[slot(head)] : epoch;
  }

  /** {@return the leader epoch of what was read last, or {@link #NO_EPOCH}} */
  public int epoch() {
    return epoch;
  }

  /** {@return the offset that is read next, or {@link #UNKNOWN}} */
  public long position() {
    return position;
  }

  /** {@return how many offsets are open} */
  public int open() {
    return open;
  }

  /** {@return how far the position is ahead of what may be committed} */
  public long span() {
    return position - committable();
  }

  private int slot(long ticket) {
    return (int) ticket & (ring.length - 1);
  }

  private void grow() {
    long[] wider = new long[ring.length * 2];
    int[] widerEpochs = new int[ring.length * 2];
    for (long ticket = head; ticket < tail; ticket++) {
      wider[(int) ticket & (wider.length - 1)] = ring[slot(ticket)];
      widerEpochs[(int) ticket & (wider.length - 1)] = epochs[slot(ticket)];
    }
    ring = wider;
    epochs = widerEpochs;
  }
}
