package dev.sluice.kafka.poll;

import dev.sluice.kafka.record.ConsumerOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Pauses and resumes partitions. What is paused is asked of the consumer each time and never
 * remembered, since a rebalance may change it.
 */
final class Intake {
  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final ConsumerOptions options;
  private final Map<TopicPartition, String> reasons = new HashMap<>();
  private boolean stopped;

  Intake(Consumer<byte[], byte[]> consumer, Assignments assignments, ConsumerOptions options) {
    this.consumer = consumer;
    this.assignments = assignments;
    this.options = options;
  }

  /** Pauses everything from now on. */
  void stop() {
    stopped = true;
  }

  /** Brings the epochs and the pauses into line with what the consumer owns. */
  void reconcile() {
    Set<TopicPartition> assigned = consumer.assignment();
    assignments.retain(assigned);
    assigned.forEach(assignments::of);
    Set<TopicPartition> paused = consumer.paused();
    List<TopicPartition> pause = new ArrayList<>();
    List<TopicPartition> resume = new ArrayList<>();
    reasons.clear();
    for (Partition partition : assignments.all()) {
      boolean now = paused.contains(partition.id);
      String reason = reasonToPause(partition, now);
      if (reason != null) {
        reasons.put(partition.id, reason);
      }
      if (reason != null && !now) {
        pause.add(partition.id);
      } else if (reason == null && now) {
        resume.add(partition.id);
      }
    }
    if (!pause.isEmpty()) {
      consumer.pause(pause);
    }
    if (!resume.isEmpty()) {
      consumer.resume(resume);
    }
  }

  Map<TopicPartition, String> reasons() {
    return Map.copyOf(reasons);
  }

  /** Once paused, a partition resumes at half of its limits, so that it does not flutter. */
  private @Nullable String reasonToPause(Partition partition, boolean paused) {
    long share = Math.max(1, options.maxOpenBytes() / Math.max(1, assignments.count()));
    if (stopped) {
      return "closing";
    }
    if (partition.deadLettersRefused()) {
      return "the dead-letter topic refuses one of its records";
    }
    if (reached(partition.busy(), options.maxOpenRecords(), paused)) {
      return "maxOpenRecords";
    }
    if (reached(partition.bytes(), share, paused)
        || (assignments.openBytes() >= options.maxOpenBytes())) {
      return "maxOpenBytes";
    }
    if (partition.tracker.span() >= options.maxOffsetSpan()) {
      return "maxOffsetSpan";
    }
    return null;
  }

  private static boolean reached(long value, long limit, boolean paused) {
    return paused ? value > limit / 2 : value >= limit;
  }
}
