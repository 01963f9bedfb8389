package dev.sluice.model;

import org.jspecify.annotations.Nullable;

/** The same write, or read, may succeed later, and repeating it is always safe. */
public abstract sealed class RetriableException extends SluiceException
    permits BufferFullException, ReadTimeoutException, UnknownOutcomeException {

  RetriableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
