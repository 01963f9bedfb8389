package dev.sluice.kafka.poll;

/** Whether an operator wants all loops of a consumer to rest. Safe for any thread. */
public final class OperatorPause {
  private volatile boolean paused;

  /**
   * Asks the loops to rest, or to go on.
   *
   * @param rest which
   */
  public void set(boolean rest) {
    paused = rest;
  }

  /** {@return whether they are to rest} */
  public boolean isSet() {
    return paused;
  }
}
