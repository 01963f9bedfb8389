package dev.sluice.kafka.poll;

import dev.sluice.kafka.record.ConsumerOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Checks the user's settings for the Kafka consumer and adds the defaults that the loop needs. */
public final class ConsumerProperties {
  private static final long DEFAULT_MAX_POLL_INTERVAL_MILLIS = 300_000;

  private ConsumerProperties() {}

  /**
   * Checks and completes.
   *
   * @param given the user's settings
   * @param options what the loop's waits are taken from
   * @return the settings for the consumer
   * @throws IllegalArgumentException if one would break the promise, or is missing
   */
  public static Map<String, Object> complete(Map<String, Object> given, ConsumerOptions options) {
    Map<String, Object> settings = new HashMap<>(given);
    if (text(settings, ConsumerConfig.GROUP_ID_CONFIG).isBlank()) {
      throw new IllegalArgumentException("group.id is missing; it must name the consumer group");
    }
    refuseAutoCommit(settings);
    refuseDeserializer(settings, ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
    refuseDeserializer(settings, ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
    checkWaits(settings, options);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.putIfAbsent(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return settings;
  }

  /**
   * What the time between two polls must stay below.
   *
   * @param settings of the consumer
   * @return more than zero
   * @throws IllegalArgumentException if it is not a number
   */
  public static Duration maxPollInterval(Map<String, Object> settings) {
    String given = text(settings, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
    try {
      return Duration.ofMillis(
          given.isEmpty() ? DEFAULT_MAX_POLL_INTERVAL_MILLIS : Long.parseLong(given));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "max.poll.interval.ms is " + given + "; it must be a number of milliseconds", e);
    }
  }

  private static void refuseAutoCommit(Map<String, Object> settings) {
    String value = text(settings, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG);
    if (!value.isEmpty() && !value.equalsIgnoreCase("false")) {
      throw new IllegalArgumentException(
          "enable.auto.commit is %s; it must be false or absent, since offsets are committed only for what is durable"
              .formatted(value));
    }
  }

  private static void refuseDeserializer(Map<String, Object> settings, String name) {
    Object value = settings.get(name);
    String given = value instanceof Class<?> type ? type.getName() : text(settings, name);
    if (!given.isEmpty() && !given.equals(ByteArrayDeserializer.class.getName())) {
      throw new IllegalArgumentException(
          "%s is %s; it must be absent, since records are read as bytes: deserialise in the mapper (RecordMapper.deserializing)"
              .formatted(name, given));
    }
  }

  private static void checkWaits(Map<String, Object> settings, ConsumerOptions options) {
    long interval = maxPollInterval(settings).toMillis();
    Duration longest =
        options
            .drainTimeout()
            .plus(options.commitTimeout().multipliedBy(2))
            .plus(options.pollTimeout());
    if (longest.toMillis() > interval / 2) {
      throw new IllegalArgumentException(
          "drainTimeout (%s), twice commitTimeout (%s) and pollTimeout (%s) together are %s; they must be at most half of max.poll.interval.ms, which is %d, lest the consumer be thrown out of its group"
              .formatted(
                  options.drainTimeout(),
                  options.commitTimeout(),
                  options.pollTimeout(),
                  longest,
                  interval));
    }
  }

  private static String text(Map<String, Object> settings, String name) {
    @Nullable Object value = settings.get(name);
    return value == null ? "" : value.toString().trim();
  }
}
