package dev.sluice.pacing;

/**
 * Finds the rate that a service takes, from what it throttles; and divides it evenly with others
 * that do the same elsewhere.
 *
 * <p>It judges windows of half a second. In most the rate is adjusted: it falls by as much as the
 * share of throttled units is above a target, and rises by as much as it is below, if somebody had
 * to wait. The target is higher the smaller the rate: {@value #TOLERATED} and {@value #FAIRNESS}
 * over its root. So of two processes on one table, which see the same share, the larger falls and
 * the smaller rises until they are equal ("Binomial congestion control algorithms", Bansal and
 * Balakrishnan, INFOCOM 2001, for why such rules get to even shares), and a table is used to the
 * full with about one percent throttled.
 *
 * <p>Where more than {@value #MUCH} was throttled, the rate is cut once, however many requests
 * failed: to what was let through, and within a second to no less than a quarter. What was sent
 * before the cut says nothing of the new rate and is not counted. An outage looks like that, too.
 * So the rate of before the cut is remembered, and returned to in steps of two as soon as nothing
 * is throttled; where that fails {@value #RETURNS} times it was no outage, and is forgotten.
 *
 * <p>Beyond the rate at which units were last throttled, or once that is half a minute ago, it
 * rises by one, two, three percent more with each window: a capacity that has doubled is found
 * within half a minute. It rises by time: nobody has to answer for that.
 *
 * <p>Not safe for use by several threads; times are readings in nanoseconds of one clock.
 */
public final class RateControl {
  /** How long a window is, in nanoseconds. */
  public static final long WINDOW_NANOS = 500_000_000L;

  private static final long SHORTEST_WINDOW_NANOS = WINDOW_NANOS / 2;
  private static final long LONGEST_WINDOW_NANOS = 10 * WINDOW_NANOS;

  static final double TOLERATED = 0.003;
  static final double FAIRNESS = 0.15;

  /** What is throttled of fewer units or requests than this is chance for a good part. */
  private static final double ENOUGH_UNITS = 25;

  private static final double ENOUGH_REQUESTS = 16;

  /** So many units that were let through say at what rate they are. */
  private static final double SURE_UNITS = 100;

  static final double MUCH = 0.1;

  /** Fewer throttled units, or answers with some, are an accident. */
  private static final double LEAST_THROTTLED = 5;

  private static final int LEAST_THROTTLES = 3;

  private static final double DEEPEST_CUT = 0.25;
  private static final long ONE_CUT_NANOS = 2 * WINDOW_NANOS;

  /** Who overruns a table from the start has others' share, too, of what was let through. */
  private static final double FIRST_CUT = 0.5;

  private static final double OVERRUN_FROM_THE_START = 0.5;

  /** Over what time the rate is averaged that is returned to after a cut. */
  private static final double FORMER_NANOS = 6.0 * WINDOW_NANOS;

  static final int RETURNS = 2;

  /** Throttles that go on for longer after a cut are no outage. */
  private static final long OUTAGE_NANOS = 4 * WINDOW_NANOS;

  private static final double NEAR = 1.05;
  private static final int HOLD = 20;
  private static final double HOLD_REQUESTS = 40;
  private static final long CEILING_AGE_NANOS = 60 * WINDOW_NANOS;
  private static final double STEP = 0.01;
  private static final double LARGEST_STEP = 0.25;

  private final double least;
  private final double most;
  private final RateWindow window = new RateWindow(WINDOW_NANOS);
  private double rate;
  private double triedBefore;
  // A window at this or another limit has ended without a cut.
  private boolean proven;

  private long cutAt = Long.MIN_VALUE;
  // Of cuts that follow one another within a second, the first, and what was tried then.
  private long firstCutAt = Long.MIN_VALUE / 2;
  private double cutFrom;

  // The rate at which units were last throttled, and what came since.
  private double ceiling;
  private long ceilingAt;
  private int calm;
  private double calmUnits;
  private int beyond;

  // The rate while all is well, and what of that is to be returned to; 0 is nothing.
  private double former;
  private double goal;
  private boolean returning;
  private int failedReturns;

  /**
   * Creates a control.
   *
   * @param least the rate that it never falls below
   * @param most the rate that it never rises above
   * @param start the rate that it begins with
   */
  public RateControl(double least, double most, double start) {
    this.least = least;
    this.most = most;
    this.rate = within(start);
    this.ceiling = rate;
  }

  private double within(double wanted) {
    return Math.max(least, Math.min(most, wanted));
  }

  /** {@return units a second} */
  public double rate() {
    return rate;
  }

  /**
   * A request is sent.
   *
   * @param units what it takes
   * @param now the time
   */
  public void sent(double units, long now) {
    window.sent(units, now);
  }

  /**
   * A request has to wait for the rate.
   *
   * @param now the time
   */
  public void limited(long now) {
    window.limited(now);
  }

  /**
   * A request was answered; part of it may have been throttled.
   *
   * @param admittedUnits the units that went through
   * @param throttledUnits the units that were throttled
   * @param sentAt when it was sent
   * @param now the time
   */
  public void answered(double admittedUnits, double throttledUnits, long sentAt, long now) {
    if (sentAt > cutAt) {
      window.answered(admittedUnits, throttledUnits, now);
    }
  }

  /**
   * Draws the conclusion from a window that is over.
   *
   * @param now the time
   * @return whether the rate is another now
   */
  public boolean conclude(long now) {
    if (!window.isOpen() || !isOver(now)) {
      return false;
    }
    double before = rate;
    boolean bounded = rate < Double.POSITIVE_INFINITY;
    double tried = bounded && window.isLimited() ? rate : window.tried(now);
    if (isOverrun(bounded ? MUCH : TOLERATED)) {
      // The answers to what was sent last may come in the next window.
      cut(Math.min(rate, Math.max(tried, triedBefore)), now);
      triedBefore = 0;
    } else {
      double weight = Math.min(1, window.elapsed(now) / FORMER_NANOS);
      former += weight * (tried * (1 - window.share()) - former);
      triedBefore = tried;
      if (bounded) {
        proven = true;
        adjust(now);
      }
    }
    rate = within(rate);
    window.close();
    return rate != before;
  }

  private boolean isOver(long now) {
    long elapsed = window.elapsed(now);
    if (elapsed < WINDOW_NANOS) {
      return elapsed >= SHORTEST_WINDOW_NANOS && isOverrun(MUCH) && window.admitted() >= SURE_UNITS;
    }
    return window.share() <= MUCH
        || isOverrun(MUCH)
        || window.answered() >= enough()
        || elapsed >= LONGEST_WINDOW_NANOS;
  }

  private boolean isOverrun(double share) {
    return window.throttles() >= LEAST_THROTTLES
        && window.throttled() >= LEAST_THROTTLED
        && window.share() > share;
  }

  /** By how many units a share is known well enough to be believed. */
  private double enough() {
    return Math.max(ENOUGH_UNITS, ENOUGH_REQUESTS * window.meanRequest());
  }

  private double target() {
    return TOLERATED + FAIRNESS / Math.sqrt(rate);
  }

  private void cut(double tried, long now) {
    if (now - firstCutAt >= ONE_CUT_NANOS) {
      firstCutAt = now;
      // What was let through says what can be, unless it is next to nothing.
      cutFrom = window.admitted() >= SURE_UNITS ? Math.min(tried, former) : tried;
    }
    double share = window.share();
    double taken = Math.min(rate, Math.max(tried * (1 - share), cutFrom * DEEPEST_CUT));
    if (goal > 0 && returning) {
      failedReturns++;
      if (failedReturns >= RETURNS) {
        goal = 0;
        former = taken;
      }
    } else if (goal == 0 && former > taken) {
      goal = former;
      failedReturns = 0;
    }
    returning = false;
    boolean known = proven || former > 0 || share < OVERRUN_FROM_THE_START;
    rate = known ? taken : taken * FIRST_CUT;
    cutAt = now;
    foundCeiling(taken, now);
  }

  private void foundCeiling(double at, long now) {
    ceiling = at;
    ceilingAt = now;
    calm = 0;
    calmUnits = 0;
    beyond = 0;
  }

  private void adjust(long now) {
    if (window.throttled() > 0) {
      double answered = window.answered();
      double change = (target() * answered - window.throttled()) / Math.max(enough(), answered);
      if (change < 0 || window.isLimited()) {
        rate *= 1 + Math.max(DEEPEST_CUT - 1, change);
      }
      boolean mostGoesThrough = window.admitted() > window.throttled();
      if (mostGoesThrough && window.openedAt() - cutAt > OUTAGE_NANOS) {
        goal = 0;
      }
      if (window.isLimited()) {
        foundCeiling(rate, now);
      }
    } else if (window.isLimited() && goal > 0 && window.admitted() > 0) {
      comeBack();
    } else if (window.isLimited()) {
      rise(now);
    }
  }

  private void comeBack() {
    returning = true;
    double times = rate < goal * DEEPEST_CUT ? 1 / DEEPEST_CUT : 2;
    rate = Math.min(goal, rate * times);
    if (rate >= goal) {
      goal = 0;
      // It was an outage: no ceiling was found.
      ceiling = rate / NEAR;
    }
  }

  private void rise(long now) {
    calm++;
    calmUnits += window.sent();
    if (window.answered() == 0 && calm <= HOLD) {
      return;
    }
    double step = target() * Math.min(1, window.sent() / enough());
    boolean forgotten =
        (calm > HOLD && calmUnits > HOLD_REQUESTS * window.meanRequest())
            || now - ceilingAt > CEILING_AGE_NANOS;
    boolean below = rate * NEAR < ceiling;
    if (forgotten || below || rate >= ceiling * NEAR) {
      beyond++;
      step = Math.min(LARGEST_STEP, step + STEP * beyond);
    }
    double risen = rate * (1 + step);
    rate = below && !forgotten ? Math.min(risen, ceiling) : risen;
  }
}
