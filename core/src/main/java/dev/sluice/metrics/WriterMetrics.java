package dev.sluice.metrics;

/**
 * Told what a writer does, to be counted by whatever an application measures with. Every method
 * does nothing unless it is implemented.
 *
 * <p>Called from the writer's own threads, several at a time: implementations must be safe for
 * that, and quick. What they throw is logged once and changes nothing. Times are in nanoseconds.
 */
public interface WriterMetrics {

  /** How an accepted write ended. */
  enum Ending {
    /** First sight, applied. */
    APPLIED,
    /** Its own earlier claim, applied again. */
    REPLAYED,
    /** A duplicate. */
    DUPLICATE,
    /** Some effect was stale. */
    SUPERSEDED,
    /** A conflict. */
    CONFLICT,
    /** The service rejected it for good. */
    REJECTED,
    /** Not ended within {@code deliveryTimeout}. */
    UNKNOWN,
    /** The system's fault. */
    SYSTEM,
    /** The writer was closed before it ended. */
    CLOSED
  }

  /** What a request is for. */
  enum Stage {
    /** A claim in the ledger. */
    CLAIM,
    /** Effects in a data table. */
    EFFECT,
    /** Claims and effects in one; counted with the ledger's name. */
    TRANSACTION,
    /** The release of a claim. */
    RELEASE
  }

  /**
   * An accepted write has ended.
   *
   * @param ending how
   * @param nanos since it was accepted
   */
  default void writeEnded(Ending ending, long nanos) {}

  /** A write was invalid, and so was not accepted. Called on its caller's thread. */
  default void writeInvalid() {}

  /**
   * A write's claim was answered, whatever the answer.
   *
   * @param nanos since the write was accepted
   */
  default void claimAnswered(long nanos) {}

  /**
   * An effect is durable.
   *
   * @param table its table
   * @param nanos since the claim was answered
   */
  default void effectApplied(String table, long nanos) {}

  /**
   * A request goes out.
   *
   * @param stage what for
   * @param table to which table
   * @param items how many items it has: the size of the batch
   */
  default void requestSent(Stage stage, String table, int items) {}

  /**
   * Items have to be sent again.
   *
   * @param stage what they are for
   * @param table to which table
   * @param items how many
   * @param code why: the service's error code, or {@code UnprocessedItems}
   */
  default void retried(Stage stage, String table, int items, String code) {}

  /**
   * Items were throttled, by an error or as unprocessed.
   *
   * @param table by which table
   * @param units the write units that they would have taken, by estimate
   */
  default void throttled(String table, long units) {}

  /**
   * Items came back unprocessed.
   *
   * @param table from which table
   * @param items how many
   */
  default void unprocessed(String table, int items) {}

  /**
   * The service reports what a request has consumed; it does not for requests that failed.
   *
   * @param table by which table
   * @param units write units, those of indexes included
   */
  default void consumed(String table, double units) {}

  /**
   * The load, after each turn of the writer's loop.
   *
   * @param inFlightRequests requests under way
   * @param bufferedWrites writes accepted and not ended
   * @param bufferedBytes their bytes
   * @param oldestNanos the age of the oldest of them; 0 if there is none
   */
  default void load(
      int inFlightRequests, int bufferedWrites, long bufferedBytes, long oldestNanos) {}

  /**
   * What a table's budget allows, after each turn of the writer's loop in which it, or a hot key,
   * limits anything, and once after that.
   *
   * @param table the table
   * @param unitsPerSecond write units a second; infinity where nothing limits them
   * @param hotKeys how many partition keys are hot
   * @param waiting how many effects wait for them
   */
  default void flow(String table, double unitsPerSecond, int hotKeys, int waiting) {}

  /** {@return metrics that count nothing} */
  static WriterMetrics disabled() {
    return DisabledMetrics.INSTANCE;
  }

  /**
   * Metrics whose failures stay their own.
   *
   * @param metrics anyone's metrics
   * @return the same, guarded
   */
  static WriterMetrics guarded(WriterMetrics metrics) {
    return metrics == DisabledMetrics.INSTANCE ? metrics : new GuardedWriterMetrics(metrics);
  }
}
