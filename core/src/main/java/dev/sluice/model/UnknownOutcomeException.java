package dev.sluice.model;

import org.jspecify.annotations.Nullable;

/**
 * The write did not end within {@code deliveryTimeout}: nothing, some or all of it may have taken
 * effect, now or later. Writing it again from the same source position finishes it.
 */
public final class UnknownOutcomeException extends RetriableException {

  /**
   * Creates the exception.
   *
   * @param message what was waited for, for how long, and the last failure's code
   * @param cause the last failure, or null if there was none
   */
  public UnknownOutcomeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
