package dev.sluice.model;

import org.jspecify.annotations.Nullable;

/**
 * Not the record's fault and not passing: access denied, a table that is gone, bad credentials.
 * Whoever feeds the writer should stop, visibly, and lose nothing; the same write may be written
 * again once the cause is mended.
 */
public final class SystemException extends SluiceException {
  private final String errorCode;

  /**
   * Creates the exception.
   *
   * @param message what failed, where, and the remedy
   * @param errorCode the service's error code
   * @param cause the failure itself, or null
   */
  public SystemException(String message, String errorCode, @Nullable Throwable cause) {
    super(message, cause);
    this.errorCode = errorCode;
  }

  /** {@return the service's error code, such as {@code AccessDeniedException}} */
  public String errorCode() {
    return errorCode;
  }
}
