package dev.sluice.model;

/**
 * The writer was closed: either before the write (nothing was accepted), or while it was under way
 * and could not end within the close's timeout. In the second case its outcome is unknown, and
 * writing it again from the same source position finishes it.
 */
public final class WriterClosedException extends SluiceException {

  /**
   * Creates the exception.
   *
   * @param message which of the two cases it was
   */
  public WriterClosedException(String message) {
    super(message, null);
  }
}
