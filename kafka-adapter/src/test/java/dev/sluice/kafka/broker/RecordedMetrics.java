package dev.sluice.kafka.broker;

import dev.sluice.kafka.record.ConsumerMetrics;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/** Keeps what a consumer told. */
final class RecordedMetrics implements ConsumerMetrics {
  final AtomicInteger received = new AtomicInteger();
  final AtomicInteger ended = new AtomicInteger();
  final AtomicInteger polls = new AtomicInteger();
  final AtomicInteger assignments = new AtomicInteger();
  final AtomicInteger revocations = new AtomicInteger();
  final AtomicInteger losses = new AtomicInteger();
  final AtomicInteger unfinished = new AtomicInteger();
  final AtomicInteger commitFailures = new AtomicInteger();
  final AtomicLong longestPollNanos = new AtomicLong();

  @Override
  public void polled(int instance, long nanos, long maxPollIntervalNanos) {
    polls.incrementAndGet();
    longestPollNanos.accumulateAndGet(nanos, Math::max);
  }

  @Override
  public void received(TopicPartition partition, int records, long bytes) {
    received.addAndGet(records);
  }

  @Override
  public void recordEnded(TopicPartition partition, Ending ending, long nanos) {
    ended.incrementAndGet();
  }

  @Override
  public void assigned(Collection<TopicPartition> partitions) {
    assignments.incrementAndGet();
  }

  @Override
  public void revoked(Collection<TopicPartition> partitions, int left) {
    revocations.incrementAndGet();
    unfinished.addAndGet(left);
  }

  @Override
  public void lost(Collection<TopicPartition> partitions, int left) {
    losses.incrementAndGet();
    unfinished.addAndGet(left);
  }

  @Override
  public void commitFailed(String error) {
    commitFailures.incrementAndGet();
  }
}
