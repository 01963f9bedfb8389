package dev.sluice.kafka.broker;

import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;

/** Settings of the group protocols, and what a group has left to read. */
final class Groups {
  /** By which protocol a group shares its partitions out. */
  enum Protocol {
    EAGER,
    COOPERATIVE,
    CONSUMER
  }

  private Groups() {}

  /** The protocols that a test runs under: all in the long build, else one. */
  static Stream<Protocol> protocols() {
    return Boolean.getBoolean("sluice.full")
        ? Stream.of(Protocol.values())
        : Stream.of(Protocol.COOPERATIVE);
  }

  /** Completes the settings of a member that commits often and notices failures within seconds. */
  static Map<String, Object> member(
      Map<String, Object> connection, String group, Protocol protocol) {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("group.id", group);
    settings.put("sluice.commit.interval.ms", 101);
    switch (protocol) {
      case EAGER -> settings.put("partition.assignment.strategy", RangeAssignor.class.getName());
      case COOPERATIVE ->
          settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
      case CONSUMER -> settings.put("group.protocol", "consumer");
    }
    if (protocol != Protocol.CONSUMER) {
      settings.put("session.timeout.ms", 6_007);
      settings.put("heartbeat.interval.ms", 211);
    }
    return settings;
  }

  /** The ends of a topic's partitions. */
  static Map<TopicPartition, Long> ends(EmbeddedKafka kafka, String topic, int partitions) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    try {
      kafka
          .admin()
          .listOffsets(latest)
          .all()
          .get(30, TimeUnit.SECONDS)
          .forEach((id, info) -> ends.put(id, info.offset()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("the ends are not known", e);
    }
    return ends;
  }
}
