package dev.sluice.pacing;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The units that the shares of one budget have together: a bucket, what controls its rate if it
 * adapts, and whose turn it is.
 *
 * <p>Safe for use by several threads; nothing of a caller's runs under its lock. Times are readings
 * in nanoseconds of one clock.
 */
public final class UnitPool {
  /** A request should be paid for within this: a larger one keeps all others waiting. */
  private static final double SECONDS_AT_ONCE = 0.25;

  private final ReentrantLock lock = new ReentrantLock();
  private final TokenBucket bucket;
  private final boolean adapts;
  private final RateControl control;
  private final FairShares shares = new FairShares();
  // Most budgets never find a limit, and need not be locked to say so.
  private volatile boolean limited;

  /**
   * Creates a pool from which nothing is taken.
   *
   * @param least units a second that it never falls below
   * @param most units a second that it never rises above; the same as {@code least} if it is fixed
   * @param now the time
   */
  public UnitPool(double least, double most, long now) {
    this.adapts = least < most;
    this.control = new RateControl(least, most, most);
    this.bucket = adapts ? TokenBucket.uneven(most, now) : TokenBucket.even(most, now);
    this.limited = most < Double.POSITIVE_INFINITY;
  }

  /** {@return whether there is a limit now} */
  public boolean isLimited() {
    return limited;
  }

  /**
   * The rate now.
   *
   * @param now the time
   * @return units a second
   */
  public double rate(long now) {
    lock.lock();
    try {
      conclude(now);
      return bucket.rate();
    } finally {
      lock.unlock();
    }
  }

  /**
   * How many units one request should take at most.
   *
   * @param now the time
   * @return units; infinity where nothing is limited
   */
  public double atOnce(long now) {
    return limited ? rate(now) * SECONDS_AT_ONCE : Double.POSITIVE_INFINITY;
  }

  /**
   * When somebody may take units.
   *
   * @param share who asks, and so wants some
   * @param now the time
   * @return in how many nanoseconds to ask again; 0 if it may take some now
   */
  public long nanosUntilReady(FairShares.Share share, long now) {
    lock.lock();
    try {
      return wait(share, now);
    } finally {
      lock.unlock();
    }
  }

  private long wait(FairShares.Share share, long now) {
    conclude(now);
    long nanos;
    if (!bucket.isReady(now)) {
      if (adapts) {
        control.limited(now);
      }
      // By then the rate may have risen, or others may have given back.
      nanos = Math.max(1, Math.min(bucket.nanosUntilReady(now), RateControl.WINDOW_NANOS));
    } else if (shares.isTurn(share, now)) {
      return 0;
    } else {
      nanos = FairShares.GRACE_NANOS;
    }
    shares.waits(share, now + nanos);
    return nanos;
  }

  private void conclude(long now) {
    if (adapts && control.conclude(now)) {
      bucket.change(control.rate(), now);
      limited = bucket.rate() < Double.POSITIVE_INFINITY;
    }
  }

  /**
   * Takes units for a request that is sent now, if it may go.
   *
   * @param share who sends it
   * @param units how many
   * @param now the time
   * @return whether it may go
   */
  public boolean take(FairShares.Share share, double units, long now) {
    lock.lock();
    try {
      if (wait(share, now) > 0) {
        return false;
      }
      spend(share, units, now);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes more units for a request that may go.
   *
   * @param share who sends it
   * @param units how many
   * @param now the time
   */
  public void takeMore(FairShares.Share share, double units, long now) {
    lock.lock();
    try {
      spend(share, units, now);
    } finally {
      lock.unlock();
    }
  }

  private void spend(FairShares.Share share, double units, long now) {
    bucket.spend(units, now);
    if (limited) {
      shares.took(share, units);
    }
    if (adapts) {
      control.sent(units, now);
    }
  }

  /**
   * A request was answered.
   *
   * @param share who sent it
   * @param taken what was taken for it
   * @param reply what became of that
   * @param sentAt when it was sent
   * @param now the time
   */
  public void settle(FairShares.Share share, double taken, Reply reply, long sentAt, long now) {
    lock.lock();
    try {
      double more = reply.consumed + reply.throttled + reply.unknown - taken;
      bucket.correct(more, now);
      bucket.giveBack(reply.throttled, now);
      if (limited) {
        shares.correct(share, more);
      }
      if (adapts) {
        control.answered(reply.consumed, reply.throttled, sentAt, now);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * What became of the units of a request.
   *
   * @param consumed units that it took
   * @param throttled units that were throttled for their rate
   * @param unknown units of which nobody knows: they count as taken, but not as let through
   */
  public record Reply(double consumed, double throttled, double unknown) {}
}
