package dev.sluice.kafka.internal.poll;

/** Holds whether an operator has paused all loops of a consumer. Safe for any thread. */
public final class OperatorPause {
  private volatile boolean paused;

  /**
   * Pauses the loops, or lets them go on.
   *
   * @param pause whether to pause
   */
  public void set(boolean pause) {
    paused = pause;
  }

  /** {@return whether they are paused} */
  public boolean isSet() {
    return paused;
  }
}
