package dev.sluice.kafka.offsets;

/**
 * Knows which offset of one partition may be committed while its records end in any order: the
 * oldest one that is still open, or, with none open, the position up to which the partition was
 * read. Offsets come as received; gaps between them (compaction, transaction markers) are normal.
 *
 * <p>Each received offset gets a ticket, with which it is completed. All operations take constant
 * time, amortised, and allocate only to grow. Not thread-safe.
 */
public final class OffsetTracker {
  /** Stands for an offset that is not known yet. */
  public static final long UNKNOWN = -1;

  private static final int FIRST_CAPACITY = 64;

  /** A ring indexed by ticket: the offset while it is open, its complement once it is completed. */
  private long[] ring = new long[FIRST_CAPACITY];

  /** The ticket of the oldest open offset; {@link #tail} if there is none. */
  private long head;

  /** The next ticket. */
  private long tail;

  private int open;
  private long position = UNKNOWN;

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
   * @return the ticket that completes it
   */
  public long received(long offset) {
    if (offset < 0 || !accepts(offset)) {
      throw new IllegalArgumentException(
          "offset is " + offset + "; it must be at least the position, which is " + position);
    }
    if (tail - head == ring.length) {
      grow();
    }
    ring[slot(tail)] = offset;
    position = offset + 1;
    open++;
    return tail++;
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
   */
  public void advanceTo(long next) {
    position = Math.max(position, next);
  }

  /** {@return the offset that may be committed, or {@link #UNKNOWN}} */
  public long committable() {
    return head < tail ? ring[slot(head)] : position;
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
    for (long ticket = head; ticket < tail; ticket++) {
      wider[(int) ticket & (wider.length - 1)] = ring[slot(ticket)];
    }
    ring = wider;
  }
}
