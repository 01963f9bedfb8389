package dev.sluice.model;

/** The writer's buffer stayed full for the whole of {@code maxBlock}; nothing was accepted. */
public final class BufferFullException extends RetriableException {

  /**
   * Creates the exception.
   *
   * @param message what was full, its limit and what to do
   */
  public BufferFullException(String message) {
    super(message, null);
  }
}
