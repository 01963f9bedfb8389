package dev.sluice.model;

import org.jspecify.annotations.Nullable;

/** The same write may succeed later, and writing it again is always safe. */
public abstract sealed class RetriableException extends SluiceException
    permits BufferFullException, UnknownOutcomeException {

  RetriableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
