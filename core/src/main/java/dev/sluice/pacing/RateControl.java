package dev.sluice.pacing;

/**
 * Finds the rate that a service takes, from what it throttles.
 *
 * <p>It looks at windows of half a second, or half of that where more than a tenth was throttled.
 * Where more than {@value #TOLERATED} of the units were throttled in one, the rate falls once,
 * however many requests failed: to what was let through, less {@value #RESERVE}, but not below a
 * quarter. What was sent before that says nothing of the new rate and is not counted. Then it holds
 * for {@value #HOLD} windows, and rises with each further window in which it was the limit and
 * nothing was throttled: by a percent as long as it is near the ceiling that was found, since there
 * the service's credit hides for a while that it is too much, and beyond that by one, two, three
 * percent and so on. So it stays near a ceiling that stands, and reaches one that has doubled
 * within half a minute. It rises by time: nobody has to answer for that.
 *
 * <p>Not safe for use by several threads; times are readings in nanoseconds of one clock.
 */
public final class RateControl {
  /** How long a window is, in nanoseconds. */
  public static final long WINDOW_NANOS = 500_000_000L;

  private static final long SHORTEST_WINDOW_NANOS = WINDOW_NANOS / 2;
  private static final long SHORTEST_SPAN_NANOS = WINDOW_NANOS / 5;
  private static final int STOPPED_INTERVALS = 3;
  private static final long LONGEST_WINDOW_NANOS = 5_000_000_000L;
  private static final double NANOS = 1e9;

  /** Answers for fewer units than this say little of what is throttled. */
  private static final double ENOUGH_UNITS = 50;

  /** So many units that were let through say at what rate they are. */
  private static final double SURE_UNITS = 100;

  static final double TOLERATED = 0.005;

  /**
   * In the first window after a cut: a service that was overrun has nothing left to smooth with.
   */
  private static final double TOLERATED_AT_FIRST = 0.05;

  /** Throttles that need not be looked at for a whole window. */
  private static final double TOO_MUCH = 0.1;

  static final double RESERVE = 0.03;

  /** Fewer throttled units than this are an accident, and not a ceiling. */
  private static final double LEAST_THROTTLED = 5;

  private static final double DEEPEST_CUT = 0.25;
  static final int HOLD = 20;
  private static final double NEAR = 1.05;
  private static final double STEP_NEAR = 0.01;
  private static final double LARGEST_STEP = 0.25;

  private final double least;
  private final double most;
  private double rate;
  private double ceiling;
  private long cutAt = Long.MIN_VALUE;

  // The window: it opens with the first request in it.
  private boolean open;
  private long openedAt;
  private double sent;
  private int requests;
  private long lastSentAt;
  private double admitted;
  private double throttled;
  private boolean limited;
  private double triedBefore;
  // The last window ended with a cut.
  private boolean settling;
  // Windows since the last cut in which the rate was the limit and nothing was throttled.
  private int calm;
  // Of those, windows in which it was beyond the ceiling.
  private int beyond;

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
    this.rate = Math.max(least, Math.min(most, start));
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
    open(now);
    sent += units;
    requests++;
    lastSentAt = now;
  }

  /**
   * A request has to wait for the rate.
   *
   * @param now the time
   */
  public void limited(long now) {
    open(now);
    limited = true;
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
      open(now);
      admitted += admittedUnits;
      throttled += throttledUnits;
    }
  }

  private void open(long now) {
    if (!open) {
      open = true;
      openedAt = now;
    }
  }

  /**
   * Draws the conclusion from a window that is over.
   *
   * @param now the time
   * @return whether the rate is another now
   */
  public boolean conclude(long now) {
    long elapsed = now - openedAt;
    if (!open || elapsed < SHORTEST_WINDOW_NANOS) {
      return false;
    }
    double answered = admitted + throttled;
    boolean isEnough =
        throttled == 0 || answered >= ENOUGH_UNITS || elapsed >= LONGEST_WINDOW_NANOS;
    boolean isOver =
        elapsed >= WINDOW_NANOS || (throttled > TOO_MUCH * answered && admitted >= SURE_UNITS);
    if (!isOver || !isEnough) {
      return false;
    }
    double before = rate;
    double tolerated = settling ? TOLERATED_AT_FIRST : TOLERATED;
    if (throttled >= LEAST_THROTTLED && throttled > tolerated * answered) {
      cut(throttled / answered, elapsed, now);
    } else if (throttled > 0) {
      calm = Math.min(calm, HOLD);
      beyond = 0;
    } else if (limited) {
      rise();
    }
    settling = rate < before;
    // The answers to what was sent last come in the next window.
    triedBefore = settling ? 0 : tried(elapsed, now);
    open = false;
    sent = 0;
    requests = 0;
    admitted = 0;
    throttled = 0;
    limited = false;
    return rate != before;
  }

  private void cut(double share, long elapsed, long now) {
    // What was tried, and not the rate: less may have been offered, and more is where some of what
    // was throttled was given back.
    double tried = Math.max(tried(elapsed, now), triedBefore);
    double taken = Math.min(rate, tried * (1 - share));
    // What was taken says what can be, unless it is next to nothing.
    ceiling = admitted >= SURE_UNITS ? taken : Math.max(taken, Math.min(rate, tried) * DEEPEST_CUT);
    rate = Math.max(least, Math.min(rate, ceiling * (1 - RESERVE)));
    cutAt = now;
    calm = 0;
    beyond = 0;
  }

  /** What was sent a second; of a window in which sending stopped, only until it did. */
  private double tried(long elapsed, long now) {
    if (requests < 2) {
      return sent * NANOS / Math.min(elapsed, WINDOW_NANOS);
    }
    long interval = Math.max(1, (lastSentAt - openedAt) / (requests - 1));
    boolean stopped = now - lastSentAt > STOPPED_INTERVALS * interval;
    long span = stopped ? lastSentAt - openedAt + interval : elapsed;
    return sent * NANOS / Math.max(span, SHORTEST_SPAN_NANOS);
  }

  private void rise() {
    calm++;
    if (calm <= HOLD) {
      return;
    }
    double step = STEP_NEAR;
    if (rate >= ceiling * NEAR) {
      beyond++;
      step = Math.min(LARGEST_STEP, STEP_NEAR * beyond);
    }
    rate = Math.min(most, rate * (1 + step));
  }
}
