package dev.sluice.model;

/**
 * Told once how one write ended. Called on the writer's callback executor, never under a lock; of
 * an exception that it throws the class is logged, and it goes no further. A listener must not wait
 * for a write, a flush or a release of the same writer: that fails at once.
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
