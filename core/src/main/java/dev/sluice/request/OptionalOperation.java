package dev.sluice.request;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks whether an operation that the writer can do without may be used. It may be denied, for
 * itself or with everything else while a key of the table cannot be used; an endpoint or a client
 * may not know it. It is asked for again after {@link #ASK_AGAIN}, since a denial may be mended
 * without a restart. Safe for use by several threads.
 */
final class OptionalOperation {
  private static final Logger log = LoggerFactory.getLogger(OptionalOperation.class);

  /** How long an operation that was denied is not tried again. */
  static final Duration ASK_AGAIN = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final String table;
  private final String operation;
  private final String permission;
  private final String consequence;
  private final AtomicBoolean warned = new AtomicBoolean();
  private volatile long absentUntil = Long.MIN_VALUE;

  /**
   * Creates an operation that may be used.
   *
   * @param clock the time
   * @param table the table, for the log
   * @param operation the operation's name in DynamoDB's API
   * @param permission what it needs
   * @param consequence what happens without it
   */
  OptionalOperation(
      InstantSource clock, String table, String operation, String permission, String consequence) {
    this.clock = clock;
    this.table = table;
    this.operation = operation;
    this.permission = permission;
    this.consequence = consequence;
  }

  /** {@return whether nobody should use it now} */
  boolean isAbsent() {
    long until = absentUntil;
    return until != Long.MIN_VALUE && clock.millis() < until;
  }

  /** The operation itself was denied, or is not there. */
  void absent(Failure failure) {
    absentUntil = clock.millis() + ASK_AGAIN.toMillis();
    if (warned.compareAndSet(false, true)) {
      log.warn(
          "Table {}: {} was rejected with {}, so {}. It is tried again every {} s. If other requests"
              + " to the table go through, permit {}, or use an endpoint and a client that know"
              + " the operation.",
          table,
          operation,
          failure.code(),
          consequence,
          ASK_AGAIN.toSeconds(),
          permission);
    }
  }

  /** It was answered. */
  void present() {
    if (absentUntil != Long.MIN_VALUE) {
      absentUntil = Long.MIN_VALUE;
      if (warned.compareAndSet(true, false)) {
        log.info("Table {}: {} is answered again.", table, operation);
      }
    }
  }

  /** Makes a call of a client that may throw instead of answering: one that lacks the operation. */
  static <R> CompletableFuture<R> call(Supplier<CompletableFuture<R>> call) {
    try {
      return call.get();
    } catch (RuntimeException thrown) {
      return CompletableFuture.failedFuture(thrown);
    }
  }
}
