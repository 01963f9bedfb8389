package dev.sluice.model;

/**
 * Told once how one write ended. Called on the writer's callback executor, never under a lock; an
 * exception that it throws is logged and goes no further.
 */
public interface WriteListener {

  /**
   * The write ended well.
   *
   * @param outcome how
   */
  void completed(Outcome outcome);

  /**
   * The write failed.
   *
   * @param failure why, and by its class what to do
   */
  void failed(SluiceException failure);
}
