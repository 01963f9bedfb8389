package dev.sluice.model;

/** The write is invalid, which was found before its claim; nothing was sent. */
public final class InvalidWriteException extends RecordException {

  /**
   * Creates the exception.
   *
   * @param message what was wrong, the value's size or type, and what is allowed
   */
  public InvalidWriteException(String message) {
    super(message);
  }
}
