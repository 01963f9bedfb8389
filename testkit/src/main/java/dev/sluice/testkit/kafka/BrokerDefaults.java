package dev.sluice.testkit.kafka;

import static java.util.Map.entry;

import java.util.Map;

/** Settings for one small broker that starts, stops and rebalances fast. */
final class BrokerDefaults {

  static final Map<String, String> SETTINGS =
      Map.ofEntries(
          entry("auto.create.topics.enable", "false"),
          entry("default.replication.factor", "1"),
          // One broker is all the replicas there are.
          entry("offsets.topic.replication.factor", "1"),
          entry("transaction.state.log.replication.factor", "1"),
          entry("transaction.state.log.min.isr", "1"),
          entry("share.coordinator.state.topic.replication.factor", "1"),
          entry("share.coordinator.state.topic.min.isr", "1"),
          // Fewer internal partitions are created and recovered faster.
          entry("offsets.topic.num.partitions", "3"),
          entry("transaction.state.log.num.partitions", "3"),
          entry("share.coordinator.state.topic.num.partitions", "3"),
          // Groups form and move at once; sessions may be as short as a test wants.
          entry("group.initial.rebalance.delay.ms", "0"),
          entry("group.min.session.timeout.ms", "100"),
          entry("group.consumer.min.session.timeout.ms", "100"),
          entry("group.consumer.session.timeout.ms", "10000"),
          entry("group.consumer.min.heartbeat.interval.ms", "10"),
          entry("group.consumer.heartbeat.interval.ms", "200"),
          // A broker that comes back is let in again at once.
          entry("broker.session.timeout.ms", "1000"),
          entry("broker.heartbeat.interval.ms", "100"),
          // Small in memory and threads.
          entry("log.cleaner.dedupe.buffer.size", "2097152"),
          entry("log.index.size.max.bytes", "1048576"),
          entry("num.network.threads", "2"),
          entry("num.io.threads", "4"));

  private BrokerDefaults() {}
}
