package dev.sluice.kafka.poll;

import org.jspecify.annotations.Nullable;

/**
 * Holds the first failure that ends the loop. Callbacks raise it, since what they throw would reach
 * the Kafka client and not the loop. Not thread-safe.
 */
final class Fatal {
  private @Nullable Throwable failure;

  void raise(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
  }

  boolean raised() {
    return failure != null;
  }

  /** Throws the failure, if there is one. */
  void check() {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }
}
