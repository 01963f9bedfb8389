package dev.sluice.kafka.record;

import dev.sluice.kafka.record.ConsumerHealth.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The rule behind {@link ConsumerHealth#isHealthy()}. */
final class HealthRule {
  private HealthRule() {}

  static List<String> problems(ConsumerHealth health) {
    List<String> problems = new ArrayList<>();
    State state = health.state();
    if (state != State.RUNNING && state != State.PAUSED) {
      problems.add("The consumer is " + state + '.');
    }
    if (health.sincePoll().multipliedBy(2).compareTo(health.maxPollInterval()) > 0) {
      problems.add(
          "The last poll was %s ago, and max.poll.interval.ms is %d."
              .formatted(health.sincePoll(), health.maxPollInterval().toMillis()));
    }
    health.missingTopics().stream()
        .sorted()
        .map(
            "Topic %s, which is to be read, does not exist: create it again, or read it no more."
                ::formatted)
        .forEach(problems::add);
    if (state != State.PAUSED) {
      health.partitions().entrySet().stream()
          .filter(each -> isTooOld(each.getValue(), health))
          .sorted(Comparator.comparing(each -> each.getKey().toString()))
          .map(
              each ->
                  "A record of %s has been in work for %s, longer than maxRecordAge, which is %s%s."
                      .formatted(
                          each.getKey(),
                          each.getValue().oldestAge(),
                          health.maxRecordAge(),
                          paused(each.getValue())))
          .forEach(problems::add);
      health.partitions().entrySet().stream()
          .filter(each -> each.getValue().unknownFor().compareTo(health.maxRecordAge()) > 0)
          .sorted(Comparator.comparing(each -> each.getKey().toString()))
          .map(
              each ->
                  "%s has been owned for %s without its committed offset being known, longer than maxRecordAge, which is %s: it is not read."
                      .formatted(
                          each.getKey(), each.getValue().unknownFor(), health.maxRecordAge()))
          .forEach(problems::add);
      if (health.oldestFormerAge().compareTo(health.maxRecordAge()) > 0) {
        problems.add(
            "A record of a partition that moved away has been with the writer for %s, longer than maxRecordAge, which is %s."
                .formatted(health.oldestFormerAge(), health.maxRecordAge()));
      }
    }
    return List.copyOf(problems);
  }

  /** What was published while the consumer was paused says nothing of what came after. */
  private static boolean isTooOld(ConsumerHealth.Partition partition, ConsumerHealth health) {
    return !partition.pausedFor().contains(PauseReason.OPERATOR)
        && partition.oldestAge().compareTo(health.maxRecordAge()) > 0;
  }

  private static String paused(ConsumerHealth.Partition partition) {
    return partition.pausedFor().isEmpty()
        ? ""
        : "; it is paused: "
            + String.join(", ", partition.pausedFor().stream().map(PauseReason::text).toList());
  }
}
