package dev.sluice.kafka.internal.poll;

import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the first failure that ends the loop. Callbacks raise it, since what they throw would reach
 * the Kafka client and not the loop. Not thread-safe.
 */
final class FatalFailure {
  private static final Logger log = LoggerFactory.getLogger(FatalFailure.class);

  private final CloseInterrupter interrupter;
  private @Nullable Throwable failure;

  FatalFailure(CloseInterrupter interrupter) {
    this.interrupter = interrupter;
  }

  /** Notes what ends the loop; an interruption does not where it is our own, to close in time. */
  void raise(Throwable cause) {
    if (cause instanceof InterruptException && interrupter.lost()) {
      log.warn("Closing took too long: what it still waited for was given up");
    } else if (failure == null) {
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
