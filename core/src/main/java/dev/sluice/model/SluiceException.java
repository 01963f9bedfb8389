package dev.sluice.model;

import org.jspecify.annotations.Nullable;

/**
 * The root of what a write can fail with.
 *
 * <p>Its direct kinds say whose fault it was, and so what to do: {@link RetriableException} (try
 * again), {@link RecordException} (this record will never succeed as it is), {@link
 * SystemException} (no record will succeed until somebody mends something), {@link
 * WriterClosedException} and {@link ConfigurationException}. Messages name tables, attributes and
 * error codes; they never hold keys or contents of items.
 */
public abstract sealed class SluiceException extends RuntimeException
    permits RetriableException,
        RecordException,
        SystemException,
        WriterClosedException,
        ConfigurationException {

  SluiceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
