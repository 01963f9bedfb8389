package dev.sluice.kafka.record;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What was left when a consumer was closed. Nothing in it is lost: what was not committed is
 * delivered again to whoever reads the partition next.
 *
 * @param terminated whether the loop had ended by the deadline; if not, a mapper or the Kafka
 *     client holds it up, it ends by itself later, and the other components say nothing
 * @param committed whether everything done had been committed
 * @param unfinished by partition, the number of records begun, or held back behind others of their
 *     key, whose writes or dead letters had not ended; partitions without any are left out;
 *     unmodifiable
 */
public record ConsumerCloseReport(
    boolean terminated, boolean committed, Map<TopicPartition, Integer> unfinished) {

  /** Copies the map. */
  public ConsumerCloseReport {
    unfinished = Map.copyOf(unfinished);
  }

  /**
   * {@return whether the loop ended, all that was begun was finished, and all that is committed}
   */
  public boolean clean() {
    return terminated && committed && unfinished.isEmpty();
  }
}
