package dev.sluice.model;

/** The record's own fault: it will fail again however often it is written. */
public abstract sealed class RecordException extends SluiceException
    permits InvalidWriteException, RejectedWriteException {

  RecordException(String message) {
    super(message, null);
  }
}
