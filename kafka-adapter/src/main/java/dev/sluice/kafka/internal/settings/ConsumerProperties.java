package dev.sluice.kafka.internal.settings;

import dev.sluice.kafka.record.ConsumerOptions;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Checks the user's settings for the Kafka consumer and adds the defaults that the loop needs. */
public final class ConsumerProperties {
  /** How long the loop waits for the end offsets of its partitions, at most. */
  public static final Duration END_OFFSETS_TIMEOUT = Duration.ofMillis(500);

  /** How long the loop maps records before it polls again, at most. */
  public static final Duration MAPPER_TURN = Duration.ofMillis(100);

  private static final long DEFAULT_MAX_POLL_INTERVAL_MILLIS = 300_000;
  private static final long A_DAY_MILLIS = Duration.ofDays(1).toMillis();

  /** Dead letters that a turn may send before it is known that the topic does not answer. */
  private static final int SENDS = 2;

  /** What is gone by here, and so looked up if a provider has it. */
  private static final List<String> GONE_BY =
      List.of(
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.CLIENT_ID_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
          ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
          ConsumerConfig.EXCLUDE_INTERNAL_TOPICS_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);

  private ConsumerProperties() {}

  /**
   * Looks up the values that a provider has of settings that are gone by here.
   *
   * @param given the user's settings
   * @return the settings with those values
   */
  public static Map<String, Object> lookUp(Map<String, Object> given) {
    return ConnectionSettings.lookUp(given, GONE_BY);
  }

  /**
   * Checks and completes.
   *
   * @param given the user's settings
   * @param options what the user allows
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
    decideIsolation(settings, options);
    refuseInterceptors(settings, options);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.putIfAbsent(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return settings;
  }

  /**
   * Refuses internal topics to a pattern: it could match the offsets of all groups.
   *
   * @param settings of the consumer
   * @throws IllegalArgumentException if they are not excluded
   */
  public static void requireNoInternalTopics(Map<String, Object> settings) {
    String value = text(settings, ConsumerConfig.EXCLUDE_INTERNAL_TOPICS_CONFIG);
    if (!value.isEmpty() && !value.equalsIgnoreCase("true")) {
      throw new IllegalArgumentException(
          "exclude.internal.topics is %s; with a pattern of topics it must be true or absent, lest the pattern match Kafka's own topics"
              .formatted(value));
    }
  }

  /**
   * The settings of one of several instances: static members and clients are told apart by a number
   * behind their names.
   *
   * @param settings of the consumer
   * @param instance its number, from 0
   * @return the settings of the instance
   */
  public static Map<String, Object> ofInstance(Map<String, Object> settings, int instance) {
    Map<String, Object> own = new HashMap<>(settings);
    for (String name :
        List.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, ConsumerConfig.CLIENT_ID_CONFIG)) {
      String given = text(settings, name);
      if (!given.isEmpty()) {
        own.put(name, given + "-" + instance);
      }
    }
    return own;
  }

  private static void decideIsolation(Map<String, Object> settings, ConsumerOptions options) {
    String wanted = options.readUncommitted() ? "read_uncommitted" : "read_committed";
    String given = text(settings, ConsumerConfig.ISOLATION_LEVEL_CONFIG);
    if (!given.isEmpty() && !given.equalsIgnoreCase(wanted)) {
      throw new IllegalArgumentException(
          "isolation.level is %s, and readUncommitted is %s; isolation.level must be %s or absent: to read transactions that may yet be aborted, set readUncommitted (sluice.read.uncommitted) to true"
              .formatted(given, options.readUncommitted(), wanted));
    }
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, wanted);
  }

  private static void refuseInterceptors(Map<String, Object> settings, ConsumerOptions options) {
    Object given = settings.get(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
    boolean none =
        given instanceof Collection<?> some
            ? some.isEmpty()
            : text(settings, ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG).isEmpty();
    if (!none && !options.allowInterceptors()) {
      throw new IllegalArgumentException(
          "interceptor.classes is %s; it must be absent, since an interceptor that drops or changes records loses events: if these do neither, set allowInterceptors (sluice.allow.interceptors) to true"
              .formatted(given));
    }
  }

  /**
   * What the time between two polls must stay below.
   *
   * @param settings of the consumer
   * @return more than zero
   * @throws IllegalArgumentException if it is not a number
   */
  public static Duration maxPollInterval(Map<String, Object> settings) {
    return Duration.ofMillis(
        millis(
            settings,
            ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
            DEFAULT_MAX_POLL_INTERVAL_MILLIS));
  }

  /**
   * Whether the reset policy, where what is to be read is gone, may skip records that are there.
   *
   * @param settings of the consumer
   */
  public static boolean resetSkips(Map<String, Object> settings) {
    String policy = text(settings, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
    return !policy.equalsIgnoreCase("earliest") && !policy.equalsIgnoreCase("none");
  }

  /**
   * Where a partition begins of which nothing is committed.
   *
   * @param settings of the consumer
   */
  public static ResetPolicy resetPolicy(Map<String, Object> settings) {
    String policy = text(settings, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
    if (policy.equalsIgnoreCase("none")) {
      return ResetPolicy.NONE;
    }
    return policy.equalsIgnoreCase("latest") ? ResetPolicy.LATEST : ResetPolicy.EARLIEST;
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

  /**
   * Checks that all that the polling thread may wait for between two polls, taken together, keeps
   * well clear of what the group allows; the other half is for the mapper.
   *
   * @param settings of the consumer
   * @param options the loop's own times
   * @param producer settings of the producer of dead letters; empty if there is none
   * @throws IllegalArgumentException if it is too long
   */
  public static void checkWaits(
      Map<String, Object> settings, ConsumerOptions options, Map<String, Object> producer) {
    Duration interval = maxPollInterval(settings);
    Duration maxBlock = Duration.ofMillis(millis(producer, ProducerConfig.MAX_BLOCK_MS_CONFIG, 0));
    Duration longest =
        options
            .drainTimeout()
            .plus(options.commitTimeout().multipliedBy(2))
            .plus(options.pollTimeout())
            .plus(maxBlock.multipliedBy(SENDS))
            .plus(END_OFFSETS_TIMEOUT)
            .plus(MAPPER_TURN);
    if (longest.multipliedBy(2).compareTo(interval) > 0) {
      throw new IllegalArgumentException(
          "drainTimeout (%s), twice commitTimeout (%s), pollTimeout (%s), twice the dead-letter producer's max.block.ms (%s) and %s for a turn of the loop together are %s; they must be at most half of max.poll.interval.ms, which is %d, lest the consumer be thrown out of its group"
              .formatted(
                  options.drainTimeout(),
                  options.commitTimeout(),
                  options.pollTimeout(),
                  maxBlock,
                  END_OFFSETS_TIMEOUT.plus(MAPPER_TURN),
                  longest,
                  interval.toMillis()));
    }
  }

  private static long millis(Map<String, Object> settings, String name, long absent) {
    String given = text(settings, name);
    try {
      // A day is longer than any interval that is allowed, and adds up without overflow.
      return given.isEmpty() ? absent : Math.min(Long.parseLong(given), A_DAY_MILLIS);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + " is " + given + "; it must be a number of milliseconds", e);
    }
  }

  private static String text(Map<String, Object> settings, String name) {
    @Nullable Object value = settings.get(name);
    return value == null ? "" : value.toString().trim();
  }
}
