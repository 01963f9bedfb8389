package dev.sluice.kafka.internal.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Derives the configuration of the Kafka consumer that reads a dead-letter topic. */
public final class ReplayProperties {
  private static final int MOST_AT_ONCE = 500;

  /** What belongs to a member of a group, which a replay is not. */
  private static final List<String> OF_MEMBERS =
      List.of(
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);

  private ReplayProperties() {}

  /**
   * The consumer's configuration: that of the consumer whose dead letters they are, but for its
   * membership; where the dead letters' producer has brokers of its own, those.
   *
   * @param given the configuration of the consumer whose dead letters they are
   * @param deadLetterProperties the user's settings for the producer of dead letters
   * @param group whose committed offsets say what was replayed
   * @param recordsPerSecond at most; no more are polled at once
   * @return the configuration
   */
  public static Map<String, Object> complete(
      Map<String, Object> given,
      Map<String, Object> deadLetterProperties,
      String group,
      int recordsPerSecond) {
    Map<String, Object> settings = new HashMap<>(given);
    settings.keySet().removeIf(name -> name.startsWith(SluiceSettings.PREFIX));
    settings.keySet().removeAll(OF_MEMBERS);
    if (deadLetterProperties.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG) != null) {
      settings.putAll(
          ConnectionSettings.of(deadLetterProperties, ConsumerConfig.configNames()::contains));
    }
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(MOST_AT_ONCE, recordsPerSecond));
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return settings;
  }

  /**
   * The consumer group whose dead letters are replayed.
   *
   * @param given the configuration of the consumer whose dead letters they are
   * @return its {@code group.id}, as its dead letters name it
   * @throws IllegalArgumentException if there is none
   */
  public static String consumerGroup(Map<String, Object> given) {
    Object group =
        ConnectionSettings.lookUp(given, List.of(ConsumerConfig.GROUP_ID_CONFIG))
            .get(ConsumerConfig.GROUP_ID_CONFIG);
    if (group == null || group.toString().isBlank()) {
      throw new IllegalArgumentException(
          "group.id is missing; it must name the consumer group whose dead letters are replayed, since other groups may have theirs in the same topic");
    }
    return group.toString();
  }

  /**
   * The group of a replay that was given none. Neither a topic nor a reason holds a colon, so that
   * no two consumer groups and sets of reasons share one.
   */
  public static String group(String topic, Set<String> reasons, String consumerGroup) {
    var name = new StringBuilder(topic).append(".replay");
    new TreeSet<>(reasons).forEach(reason -> name.append('.').append(reason));
    return name.append(':').append(consumerGroup).toString();
  }
}
