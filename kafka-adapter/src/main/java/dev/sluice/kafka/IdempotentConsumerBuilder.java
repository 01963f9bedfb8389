package dev.sluice.kafka;

import static java.util.Objects.requireNonNull;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.deadletter.DeadLetterProperties;
import dev.sluice.kafka.poll.ConsumerProperties;
import dev.sluice.kafka.poll.OperatorPause;
import dev.sluice.kafka.poll.Topics;
import dev.sluice.kafka.poll.Waiting;
import dev.sluice.kafka.poll.Wiring;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.kafka.record.RecordMapper;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** Builds an {@link IdempotentConsumer}. Not thread-safe. */
public final class IdempotentConsumerBuilder {
  private final Map<String, Object> properties;
  private final IdempotentWriter writer;
  private final Set<String> topics = new LinkedHashSet<>();
  private @Nullable RecordMapper mapper;
  private ConsumerOptions options = ConsumerOptions.defaults();
  private @Nullable String deadLetterTopic;
  private Map<String, Object> deadLetterProperties = Map.of();
  private ConsumerMetrics metrics = ConsumerMetrics.disabled();
  private java.util.function.Consumer<Throwable> onFatal = failure -> {};
  private Function<Map<String, Object>, Consumer<byte[], byte[]>> consumerFactory =
      KafkaConsumer::new;
  private Function<Map<String, Object>, Producer<byte[], byte[]>> producerFactory =
      KafkaProducer::new;
  private InstantSource clock = InstantSource.system();
  private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();

  IdempotentConsumerBuilder(Map<String, Object> properties, IdempotentWriter writer) {
    this.properties = new HashMap<>(properties);
    this.writer = requireNonNull(writer, "writer");
  }

  /**
   * The topics to read. Mandatory; further calls add to them.
   *
   * @param names one or more names of topics that exist when the consumer starts
   * @return this builder
   */
  public IdempotentConsumerBuilder topics(String... names) {
    topics.addAll(List.of(names));
    return this;
  }

  /**
   * Says which events a record is. Mandatory.
   *
   * @param recordMapper called on the polling thread
   * @return this builder
   */
  public IdempotentConsumerBuilder mapper(RecordMapper recordMapper) {
    this.mapper = requireNonNull(recordMapper, "recordMapper");
    return this;
  }

  /**
   * Where records go that cannot be written. Without it (the default) such a record stops the
   * consumer.
   *
   * @param topic a topic that exists when the consumer starts, not one of those read; it may have
   *     any number of partitions
   * @return this builder
   */
  public IdempotentConsumerBuilder deadLetterTopic(String topic) {
    this.deadLetterTopic = requireNonNull(topic, "topic");
    return this;
  }

  /**
   * Settings for the producer of dead letters. Without them it connects as the consumer does, with
   * {@code acks=all}, {@code max.request.size} of 32 MiB, gzip and {@code max.block.ms} of 500;
   * these win over all that, serialisers excepted. For larger records raise {@code
   * max.request.size} and {@code buffer.memory} together, and the topic's {@code
   * max.message.bytes}.
   *
   * @param settings names and values as the Kafka producer takes them
   * @return this builder
   */
  public IdempotentConsumerBuilder deadLetterProperties(Map<String, ?> settings) {
    this.deadLetterProperties = new HashMap<>(settings);
    return this;
  }

  /**
   * Limits and times.
   *
   * @param consumerOptions {@link ConsumerOptions#defaults()} by default
   * @return this builder
   */
  public IdempotentConsumerBuilder options(ConsumerOptions consumerOptions) {
    this.options = requireNonNull(consumerOptions, "consumerOptions");
    return this;
  }

  /**
   * Told what the consumer does.
   *
   * @param consumerMetrics none by default
   * @return this builder
   */
  public IdempotentConsumerBuilder metrics(ConsumerMetrics consumerMetrics) {
    this.metrics = ConsumerMetrics.guarded(requireNonNull(consumerMetrics, "consumerMetrics"));
    return this;
  }

  /**
   * Told when the consumer ended by a failure, after it has closed everything.
   *
   * @param listener called once, on the polling thread; what it throws is logged
   * @return this builder
   */
  public IdempotentConsumerBuilder onFatal(java.util.function.Consumer<Throwable> listener) {
    this.onFatal = requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Makes the Kafka consumer, for a wrapped or a simulated one.
   *
   * @param factory given the complete settings; {@code KafkaConsumer::new} by default
   * @return this builder
   */
  public IdempotentConsumerBuilder consumerFactory(
      Function<Map<String, Object>, Consumer<byte[], byte[]>> factory) {
    this.consumerFactory = requireNonNull(factory, "factory");
    return this;
  }

  /**
   * Makes the producer of dead letters, for a wrapped or a simulated one.
   *
   * @param factory given the complete settings; {@code KafkaProducer::new} by default
   * @return this builder
   */
  public IdempotentConsumerBuilder producerFactory(
      Function<Map<String, Object>, Producer<byte[], byte[]>> factory) {
    this.producerFactory = requireNonNull(factory, "factory");
    return this;
  }

  /**
   * The time, for tests.
   *
   * @param instants the system's clock by default
   * @return this builder
   */
  public IdempotentConsumerBuilder clock(InstantSource instants) {
    this.clock = requireNonNull(instants, "instants");
    return this;
  }

  /**
   * The randomness of backoff, for tests.
   *
   * @param generator used on the polling thread only
   * @return this builder
   */
  public IdempotentConsumerBuilder random(RandomGenerator generator) {
    this.random = requireNonNull(generator, "generator");
    return this;
  }

  /**
   * Checks all settings and builds the consumer, which connects when it starts.
   *
   * @return the consumer; whoever built it closes it
   * @throws IllegalArgumentException if a setting is missing, or would break a promise
   */
  public IdempotentConsumer build() {
    if (topics.isEmpty() || topics.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("topics is " + topics + "; it must name one or more");
    }
    RecordMapper given = mapper;
    if (given == null) {
      throw new IllegalArgumentException("mapper is missing; it must say which events a record is");
    }
    if (deadLetterTopic != null
        && (deadLetterTopic.isBlank() || topics.contains(deadLetterTopic))) {
      throw new IllegalArgumentException(
          "deadLetterTopic is '%s'; it must be a topic that is not read, and %s are"
              .formatted(deadLetterTopic, topics));
    }
    Map<String, Object> forConsumer = ConsumerProperties.complete(properties, options);
    Map<String, Object> forProducer =
        DeadLetterProperties.derive(forConsumer, deadLetterProperties);
    String group = forConsumer.get("group.id") + "";
    return new IdempotentConsumer(
        new Wiring(
            0,
            new Topics(topics, null),
            group,
            writer,
            given,
            options,
            ConsumerProperties.maxPollInterval(forConsumer),
            metrics,
            new OperatorPause(),
            topics -> CompletableFuture.completedFuture(Set.of()),
            () -> consumerFactory.apply(forConsumer),
            deadLetterTopic,
            () -> producerFactory.apply(forProducer),
            deadLetterProperties.containsKey("bootstrap.servers"),
            clock,
            random,
            Waiting.PARKED),
        onFatal);
  }
}
