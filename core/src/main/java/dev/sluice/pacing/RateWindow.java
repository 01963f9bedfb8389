package dev.sluice.pacing;

/**
 * What was sent and answered since a window opened, by which {@link RateControl} judges its rate. A
 * window opens with the first thing that happens after the one before was closed.
 *
 * <p>Not safe for use by several threads; times are readings in nanoseconds of one clock.
 */
final class RateWindow {
  private static final double NANOS = 1e9;
  private static final int STOPPED_INTERVALS = 3;

  private final long nanos;
  private boolean open;
  private long openedAt;
  private double sent;
  private int requests;
  private long lastSentAt;
  private double admitted;
  private double throttled;
  private int throttles;
  private boolean limited;

  /**
   * Creates a window that has not opened.
   *
   * @param nanos how long a window is, if nothing ends it earlier or later
   */
  RateWindow(long nanos) {
    this.nanos = nanos;
  }

  void sent(double units, long now) {
    open(now);
    sent += units;
    requests++;
    lastSentAt = now;
  }

  void limited(long now) {
    open(now);
    limited = true;
  }

  void answered(double admittedUnits, double throttledUnits, long now) {
    open(now);
    admitted += admittedUnits;
    throttled += throttledUnits;
    if (throttledUnits > 0) {
      throttles++;
    }
  }

  private void open(long now) {
    if (!open) {
      open = true;
      openedAt = now;
    }
  }

  void close() {
    open = false;
    sent = 0;
    requests = 0;
    admitted = 0;
    throttled = 0;
    throttles = 0;
    limited = false;
  }

  boolean isOpen() {
    return open;
  }

  long openedAt() {
    return openedAt;
  }

  long elapsed(long now) {
    return now - openedAt;
  }

  /** {@return whether somebody had to wait for the rate} */
  boolean isLimited() {
    return limited;
  }

  double sent() {
    return sent;
  }

  double meanRequest() {
    return requests == 0 ? 0 : sent / requests;
  }

  double admitted() {
    return admitted;
  }

  double throttled() {
    return throttled;
  }

  double answered() {
    return admitted + throttled;
  }

  /** {@return how many answers had throttled units} */
  int throttles() {
    return throttles;
  }

  /** {@return the share of the answered units that was throttled} */
  double share() {
    return throttled == 0 ? 0 : throttled / answered();
  }

  /** What was sent a second; of a window in which sending stopped, only until it did. */
  double tried(long now) {
    long elapsed = elapsed(now);
    if (requests < 2) {
      return sent * NANOS / Math.min(elapsed, nanos);
    }
    long interval = Math.max(1, (lastSentAt - openedAt) / (requests - 1));
    boolean stopped = now - lastSentAt > STOPPED_INTERVALS * interval;
    long span = stopped ? lastSentAt - openedAt + interval : elapsed;
    return sent * NANOS / Math.max(span, nanos / 5);
  }
}
