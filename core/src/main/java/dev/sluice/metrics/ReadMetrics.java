package dev.sluice.metrics;

/**
 * Told what a reader of sharded keys does, to be counted by whatever an application measures with.
 * Every method does nothing unless it is implemented.
 *
 * <p>Called on the client's and the timer's threads, several at a time: implementations must be
 * safe for that, and quick. What they throw is logged once and changes nothing. Times are in
 * nanoseconds.
 */
public interface ReadMetrics {
  /**
   * A query of one shard was answered.
   *
   * @param table the table
   * @param items how many items it gave
   * @param units the read units that it took, as the service says; 0 if it does not
   */
  default void requestAnswered(String table, int items, double units) {}

  /**
   * A query of one shard is to be sent again.
   *
   * @param table the table
   * @param code why: an error code, or the class of a failure without one
   */
  default void retried(String table, String code) {}

  /**
   * A page, or a count, is complete.
   *
   * @param table the table
   * @param items how many items it has, or has counted
   * @param units the read units that were taken for it
   * @param nanos how long it took
   */
  default void pageRead(String table, long items, double units, long nanos) {}

  /**
   * A page, or a count, has failed.
   *
   * @param table the table
   * @param why the class of the failure
   */
  default void pageFailed(String table, String why) {}

  /**
   * The same metrics, of which nothing is thrown.
   *
   * @param metrics the metrics
   * @return metrics that log the first failure, by its class, and go on
   */
  static ReadMetrics guarded(ReadMetrics metrics) {
    return new GuardedReadMetrics(metrics);
  }
}
