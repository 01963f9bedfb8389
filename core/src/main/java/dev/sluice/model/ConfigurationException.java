package dev.sluice.model;

import org.jspecify.annotations.Nullable;

/** The settings do not fit what is there: a table or topic that is missing, or has other keys. */
public final class ConfigurationException extends SluiceException {

  /**
   * Creates the exception.
   *
   * @param message what does not fit, what was found, and the remedy
   * @param cause the failure that showed it, or null
   */
  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Creates the exception.
   *
   * @param message what does not fit, what was found, and the remedy
   */
  public ConfigurationException(String message) {
    this(message, null);
  }
}
