package dev.sluice.kafka.record;

import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what the user's metrics throw away from the polling thread. */
final class GuardedConsumerMetrics implements ConsumerMetrics {
  private static final Logger log = LoggerFactory.getLogger(ConsumerMetrics.class);

  private final ConsumerMetrics metrics;
  private final AtomicBoolean warned = new AtomicBoolean();

  GuardedConsumerMetrics(ConsumerMetrics metrics) {
    this.metrics = metrics;
  }

  private void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      if (warned.compareAndSet(false, true)) {
        log.warn("ConsumerMetrics threw {}; what it throws from now on is not logged.", name(e));
      }
    }
  }

  private static String name(Throwable thrown) {
    return thrown.getClass().getName();
  }

  @Override
  public void polled(int instance, long nanos, long maxPollIntervalNanos) {
    guarded(() -> metrics.polled(instance, nanos, maxPollIntervalNanos));
  }

  @Override
  public void received(TopicPartition partition, int records, long bytes) {
    guarded(() -> metrics.received(partition, records, bytes));
  }

  @Override
  public void recordEnded(TopicPartition partition, Ending ending, long nanos) {
    guarded(() -> metrics.recordEnded(partition, ending, nanos));
  }

  @Override
  public void eventDurable(TopicPartition partition, long ageMillis) {
    guarded(() -> metrics.eventDurable(partition, ageMillis));
  }

  @Override
  public void lag(TopicPartition partition, long records) {
    guarded(() -> metrics.lag(partition, records));
  }

  @Override
  public void load(
      TopicPartition partition, long span, int openRecords, long openBytes, long oldestNanos) {
    guarded(() -> metrics.load(partition, span, openRecords, openBytes, oldestNanos));
  }

  @Override
  public void paused(TopicPartition partition, PauseReason reason) {
    guarded(() -> metrics.paused(partition, reason));
  }

  @Override
  public void resumed(TopicPartition partition, PauseReason reason) {
    guarded(() -> metrics.resumed(partition, reason));
  }

  @Override
  public void committed(int partitions, long nanos) {
    guarded(() -> metrics.committed(partitions, nanos));
  }

  @Override
  public void commitFailed(String error) {
    guarded(() -> metrics.commitFailed(error));
  }

  @Override
  public void assigned(Collection<TopicPartition> partitions) {
    guarded(() -> metrics.assigned(partitions));
  }

  @Override
  public void revoked(Collection<TopicPartition> partitions, int unfinished) {
    guarded(() -> metrics.revoked(partitions, unfinished));
  }

  @Override
  public void lost(Collection<TopicPartition> partitions, int unfinished) {
    guarded(() -> metrics.lost(partitions, unfinished));
  }

  @Override
  public void retried(TopicPartition partition, Step step) {
    guarded(() -> metrics.retried(partition, step));
  }

  @Override
  public void deadLettered(TopicPartition partition, String reason) {
    guarded(() -> metrics.deadLettered(partition, reason));
  }

  @Override
  public void deadLetterNotTaken(TopicPartition partition, String error) {
    guarded(() -> metrics.deadLetterNotTaken(partition, error));
  }
}
