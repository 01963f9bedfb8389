package dev.sluice.kafka.record;

import dev.sluice.kafka.record.ConsumerHealth.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** The rule behind {@link ConsumerHealth#isHealthy()}. */
final class HealthRule {
  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  private HealthRule() {}

  static List<String> problems(ConsumerHealth health) {
    List<String> problems = new ArrayList<>();
    State state = health.state();
    if (state != State.RUNNING && state != State.PAUSED) {
      problems.add("The consumer is " + state + '.');
    }
    if (health.polling().sinceLast().multipliedBy(2).compareTo(health.polling().maxInterval())
        > 0) {
      problems.add(
          "The last poll was %s ago, and max.poll.interval.ms is %d."
              .formatted(health.polling().sinceLast(), health.polling().maxInterval().toMillis()));
    }
    Duration unanswered = health.polling().unansweredFor();
    if (unanswered.compareTo(A_MINUTE) > 0) {
      problems.add(
          "No broker has answered for %s: see whether they are up, and can be reached from here."
              .formatted(unanswered));
    }
    health.topics().missing().stream()
        .sorted()
        .map(
            "Topic %s, which is to be read, does not exist: create it again, or read it no more."
                ::formatted)
        .forEach(problems::add);
    health.partitions().entrySet().stream()
        .sorted(Comparator.comparing(each -> each.getKey().toString()))
        .forEach(each -> lookWhetherReadable(each.getKey(), each.getValue(), problems));
    if (state != State.PAUSED) {
      health.partitions().entrySet().stream()
          .sorted(Comparator.comparing(each -> each.getKey().toString()))
          .forEach(each -> look(each.getKey(), each.getValue(), health.maxRecordAge(), problems));
      if (health.oldestFormerAge().compareTo(health.maxRecordAge()) > 0) {
        problems.add(
            "A record of a partition that moved away has been with the writer for %s, longer than maxRecordAge, which is %s."
                .formatted(health.oldestFormerAge(), health.maxRecordAge()));
      }
    }
    return List.copyOf(problems);
  }

  private static void look(
      TopicPartition id, ConsumerHealth.Partition partition, Duration most, List<String> problems) {
    // What was published while the consumer was paused says nothing of what came after.
    if (!partition.pausedFor().contains(PauseReason.OPERATOR)
        && partition.open().stuckFor().compareTo(most) > 0) {
      problems.add(
          "A record of %s has been in work for %s, longer than maxRecordAge, which is %s%s."
              .formatted(id, partition.open().stuckFor(), most, paused(partition)));
    }
    if (partition.unknownFor().compareTo(most) > 0) {
      problems.add(
          "%s has been owned for %s without its committed offset being known, longer than maxRecordAge, which is %s: it is not read."
              .formatted(id, partition.unknownFor(), most));
    }
  }

  private static void lookWhetherReadable(
      TopicPartition id, ConsumerHealth.Partition partition, List<String> problems) {
    ConsumerHealth.Unreadable unreadable = partition.unreadable();
    if (unreadable != null) {
      problems.add(
          "%s cannot be read at offset %d, for %s by now (%s); the other partitions go on. %s"
              .formatted(
                  id,
                  unreadable.offset(),
                  unreadable.since(),
                  unreadable.exception(),
                  ConsumerHealth.Unreadable.remedy()));
    }
  }

  private static String paused(ConsumerHealth.Partition partition) {
    return partition.pausedFor().isEmpty()
        ? ""
        : "; it is paused: "
            + String.join(", ", partition.pausedFor().stream().map(PauseReason::text).toList());
  }
}
