package dev.sluice.model;

/** The write was refused before its claim; nothing was sent. */
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
