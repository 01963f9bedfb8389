package dev.sluice.model;

import org.jspecify.annotations.Nullable;

/** A read did not end within its {@code readTimeout}; reading again goes on where it stopped. */
public final class ReadTimeoutException extends RetriableException {

  /**
   * Creates the exception.
   *
   * @param message what was read, for how long, and the last failure's code
   * @param cause the last failure, or null if there was none
   */
  public ReadTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
