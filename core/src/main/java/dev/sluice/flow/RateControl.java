package dev.sluice.flow;

/**
 * Finds the rate that a service takes, from what it refuses.
 *
 * <p>It looks at windows of half a second. Where more than {@value #TOLERATED} of the units were
 * refused in one, the rate falls once, however many requests failed: to what was let through, less
 * {@value #RESERVE}, but not below a quarter. What was sent before that says nothing of the new
 * rate and is not counted. Then it holds for {@value #HOLD} windows, and rises with each further
 * window in which it was the limit and nothing was refused: by half a percent, by one, by two, and
 * so on to a quarter. So it stays near a ceiling that stands, and reaches one that has doubled
 * within ten seconds. It rises by time: nobody has to answer for that.
 *
 * <p>Not safe for use by several threads; times are readings in nanoseconds of one clock.
 */
final class RateControl {
  static final long WINDOW_NANOS = 500_000_000L;
  private static final long LONGEST_WINDOW_NANOS = 5_000_000_000L;
  private static final double NANOS = 1e9;

  /** Answers for fewer units than this say little of what is refused. */
  private static final double ENOUGH_UNITS = 50;

  static final double TOLERATED = 0.005;
  static final double RESERVE = 0.03;
  private static final double DEEPEST_CUT = 0.25;
  static final int HOLD = 8;
  private static final double FIRST_STEP = 0.005;
  private static final double LARGEST_STEP = 0.25;
  private static final int MAX_DOUBLINGS = 10;

  private final double least;
  private final double most;
  private double rate;
  private long cutAt = Long.MIN_VALUE;

  // The window: it opens with the first request in it.
  private boolean open;
  private long openedAt;
  private double sent;
  private double admitted;
  private double refused;
  private boolean limited;
  // Windows since the last cut in which the rate was the limit and nothing was refused.
  private int calm;

  RateControl(double least, double most, double start) {
    this.least = least;
    this.most = most;
    this.rate = Math.max(least, Math.min(most, start));
  }

  double rate() {
    return rate;
  }

  /** A request goes out. */
  void sent(double units, long now) {
    open(now);
    sent += units;
  }

  /** A request has to wait for the rate. */
  void limited(long now) {
    open(now);
    limited = true;
  }

  /** A request was answered, in part perhaps with a refusal for its rate. */
  void answered(double admittedUnits, double refusedUnits, long sentAt, long now) {
    if (sentAt > cutAt) {
      open(now);
      admitted += admittedUnits;
      refused += refusedUnits;
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
   * @return whether the rate is another now
   */
  boolean conclude(long now) {
    long elapsed = now - openedAt;
    if (!open || elapsed < WINDOW_NANOS) {
      return false;
    }
    double answered = admitted + refused;
    if (refused > 0 && answered < ENOUGH_UNITS && elapsed < LONGEST_WINDOW_NANOS) {
      return false;
    }
    double before = rate;
    if (refused > TOLERATED * answered) {
      cut(refused / answered, elapsed, now);
    } else if (refused > 0) {
      calm = Math.min(calm, HOLD);
    } else if (limited) {
      rise();
    }
    open = false;
    sent = 0;
    admitted = 0;
    refused = 0;
    limited = false;
    return rate != before;
  }

  private void cut(double share, long elapsed, long now) {
    double tried = Math.min(rate, sent * NANOS / elapsed);
    double taken = tried * Math.max(DEEPEST_CUT, 1 - share) * (1 - RESERVE);
    rate = Math.max(least, Math.min(rate, taken));
    cutAt = now;
    calm = 0;
  }

  private void rise() {
    calm++;
    int steps = calm - HOLD;
    if (steps > 0) {
      double step = FIRST_STEP * (1L << Math.min(steps - 1, MAX_DOUBLINGS));
      rate = Math.min(most, rate * (1 + Math.min(LARGEST_STEP, step)));
    }
  }
}
