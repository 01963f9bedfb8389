package dev.sluice.kafka.internal.settings;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Derives the configuration of the producer of dead letters. */
public final class DeadLetterProperties {
  /**
   * The whole of the producer's default buffer: a record that is larger uncompressed is not sent
   * unless both settings are raised.
   */
  private static final int MAX_REQUEST_BYTES = 32 << 20;

  /** The polling thread waits in {@code send} for metadata or buffer space at most this long. */
  private static final long MAX_BLOCK_MILLIS = 500;

  /** A replay has nothing else to do, and one slow look-up should not end it. */
  private static final long REPLAY_MAX_BLOCK_MILLIS = 60_000;

  /** What says that all in-sync replicas have a dead letter before it is acknowledged. */
  private static final Set<String> ALL_REPLICAS = Set.of("all", "-1");

  private static final List<String> CONNECTION =
      List.of(
          "bootstrap.servers",
          "config.providers",
          "bootstrap.controllers",
          "client.dns.lookup",
          "client.rack",
          "security.",
          "sasl.",
          "ssl.",
          "socket.",
          "reconnect.backoff.");

  /** What is gone by here, and so looked up if a provider has it. */
  private static final List<String> GONE_BY =
      List.of(
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          ProducerConfig.MAX_BLOCK_MS_CONFIG);

  private DeadLetterProperties() {}

  /**
   * The producer's configuration: the connection settings of the consumer; then {@code acks=all},
   * idempotence, a {@code max.request.size} of 32 MiB with gzip (a record that arrived in a
   * compressed batch may be far larger than the topic's limit, and fits again compressed) and a
   * {@code max.block.ms} of 500; then what the user gave.
   *
   * @param consumer the consumer's configuration
   * @param overrides the user's own settings for this producer, which win
   * @return the producer's configuration
   * @throws IllegalArgumentException if a setting would break what an acknowledgement promises
   */
  public static Map<String, Object> derive(
      Map<String, Object> consumer, Map<String, Object> overrides) {
    return derive(consumer, overrides, MAX_BLOCK_MILLIS);
  }

  /**
   * The configuration of a replay's producer: as {@link #derive}, with a {@code max.block.ms} of
   * 60,000.
   *
   * @param consumer the consumer's configuration
   * @param overrides the user's own settings for this producer, which win
   * @return the producer's configuration
   * @throws IllegalArgumentException if a setting would break what an acknowledgement promises
   */
  public static Map<String, Object> forReplay(
      Map<String, Object> consumer, Map<String, Object> overrides) {
    return derive(consumer, overrides, REPLAY_MAX_BLOCK_MILLIS);
  }

  private static Map<String, Object> derive(
      Map<String, Object> consumer, Map<String, Object> overrides, long maxBlockMillis) {
    Map<String, Object> derived = ConnectionSettings.of(consumer, DeadLetterProperties::connects);
    if (consumer.get(ProducerConfig.CLIENT_ID_CONFIG) instanceof String id && !id.isEmpty()) {
      derived.put(ProducerConfig.CLIENT_ID_CONFIG, id + "-dead-letters");
    }
    derived.put(ProducerConfig.ACKS_CONFIG, "all");
    derived.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    derived.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
    derived.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    derived.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, maxBlockMillis);
    derived.putAll(overrides);
    derived.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    derived.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    Map<String, Object> found = ConnectionSettings.lookUp(derived, GONE_BY);
    requireAcknowledgement(found);
    return found;
  }

  private static boolean connects(String name) {
    return CONNECTION.stream().anyMatch(name::startsWith)
        && ProducerConfig.configNames().contains(name);
  }

  private static void requireAcknowledgement(Map<String, Object> settings) {
    Object acks = settings.get(ProducerConfig.ACKS_CONFIG);
    if (!ALL_REPLICAS.contains(String.valueOf(acks).trim())) {
      throw new IllegalArgumentException(
          "acks is %s in deadLetterProperties; it must be all, -1 or absent, since a record's offset moves on its dead letter's acknowledgement: leave it out"
              .formatted(acks));
    }
    Object transactionalId = settings.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    if (transactionalId != null) {
      throw new IllegalArgumentException(
          "transactional.id is %s in deadLetterProperties; it must be absent, since dead letters are sent outside of transactions, which a producer with this setting refuses: leave it out"
              .formatted(transactionalId));
    }
  }
}
