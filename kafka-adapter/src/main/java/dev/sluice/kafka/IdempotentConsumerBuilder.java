package dev.sluice.kafka;

import static java.util.Objects.requireNonNull;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.kafka.record.RecordMapper;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** Builds an {@link IdempotentConsumer}. Not thread-safe. */
public final class IdempotentConsumerBuilder {
  final Map<String, Object> properties;
  final IdempotentWriter writer;
  final Set<String> topics = new LinkedHashSet<>();
  @Nullable Supplier<? extends RecordMapper> mappers;
  @Nullable Pattern pattern;
  @Nullable ConsumerOptions options;
  @Nullable String deadLetterTopic;
  @Nullable Integer instances;
  Map<String, Object> deadLetterProperties = Map.of();
  ConsumerMetrics metrics = ConsumerMetrics.disabled();
  java.util.function.Consumer<Throwable> onFatal = failure -> {};
  Function<Map<String, Object>, Consumer<byte[], byte[]>> consumerFactory = KafkaConsumer::new;
  Function<Map<String, Object>, Producer<byte[], byte[]>> producerFactory = KafkaProducer::new;
  Function<Map<String, Object>, Admin> adminFactory = Admin::create;
  InstantSource clock = InstantSource.system();
  RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();

  IdempotentConsumerBuilder(Map<String, Object> properties, IdempotentWriter writer) {
    this.properties = new HashMap<>(properties);
    this.writer = requireNonNull(writer, "writer");
  }

  /**
   * The topics to read. Mandatory; further calls add to them.
   *
   * @param names one or more names of topics that exist when the consumer starts; property {@code
   *     sluice.topics}, separated by commas
   * @return this builder
   */
  public IdempotentConsumerBuilder topics(String... names) {
    topics.addAll(List.of(names));
    return this;
  }

  /**
   * The topics to read: all whose whole names match, those that are created later too, which are
   * found within {@code metadata.max.age.ms} (5 minutes unless set) and read from their beginning
   * unless {@code auto.offset.reset} says otherwise. In place of {@link #topics(String...)}.
   *
   * @param names a pattern that the dead-letter topic does not match
   * @return this builder
   */
  public IdempotentConsumerBuilder topics(Pattern names) {
    this.pattern = requireNonNull(names, "names");
    return this;
  }

  /**
   * How many loops read in this process, each with a Kafka consumer and a thread of its own, over
   * the one writer. One is enough unless the mapper is slow or takes much CPU; more than there are
   * partitions are idle. They close together, and if one fails all end. With several, {@code
   * client.id} and {@code group.instance.id} get {@code -0}, {@code -1} and so on behind them,
   * {@code maxOpenBytes} is shared evenly, and {@code random} and metrics are called by several
   * threads. So is a mapper, but by one at a time unless it is {@linkplain
   * RecordMapper#isThreadSafe thread-safe}: see {@link #mappers}.
   *
   * @param count 1 to 1,000; 1 by default
   * @return this builder
   */
  public IdempotentConsumerBuilder instances(int count) {
    this.instances = count;
    return this;
  }

  /**
   * Says which events a record is. Mandatory, unless there are {@link #mappers}. The {@link
   * #instances} take turns with it, whatever else uses it too, unless it is {@linkplain
   * RecordMapper#threadSafe thread-safe}.
   *
   * @param recordMapper called on the polling threads
   * @return this builder
   */
  public IdempotentConsumerBuilder mapper(RecordMapper recordMapper) {
    requireNonNull(recordMapper, "recordMapper");
    return mappers(() -> recordMapper);
  }

  /**
   * Says which events a record is, with a mapper for each of the {@link #instances}, so that none
   * waits for another. In place of {@link #mapper}; of both, the last call counts.
   *
   * @param recordMappers called once for each instance when the consumer is built; where it gives
   *     the same object twice, those instances take turns with it: a lambda or method reference
   *     that captures nothing is one object, however often it is asked for. Deserialisers of a
   *     mapper are configured by whoever makes them, and closed by them after the consumer
   * @return this builder
   */
  public IdempotentConsumerBuilder mappers(Supplier<? extends RecordMapper> recordMappers) {
    this.mappers = requireNonNull(recordMappers, "recordMappers");
    return this;
  }

  /**
   * Where records go that cannot be written. Without it (the default) such a record stops the
   * consumer.
   *
   * <p>The topic must keep what it is given. A compacted one is refused at the start, and if it
   * becomes so later, which is looked for every ten minutes; one that deletes dead letters after a
   * while ({@code retention.ms}, 7 days by default, or {@code retention.bytes}) is warned of once.
   * Without {@code DescribeConfigs} on it neither is known: a warning says so.
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
   * these win over all that, serialisers excepted; other {@code acks} and a {@code
   * transactional.id} are refused. For larger records raise {@code max.request.size} and {@code
   * buffer.memory} together, and the topic's {@code max.message.bytes}.
   *
   * @param settings names and values as the Kafka producer takes them
   * @return this builder
   */
  public IdempotentConsumerBuilder deadLetterProperties(Map<String, ?> settings) {
    this.deadLetterProperties = new HashMap<>(settings);
    return this;
  }

  /**
   * Limits and times. What is set here is not set by properties: if any {@code sluice.} property
   * names an option as well, the consumer is not built.
   *
   * @param consumerOptions what the properties say, or {@link ConsumerOptions#defaults()}, by
   *     default
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
   * Told when the consumer ended by a failure, after it has closed everything. An {@link Error} of
   * the mapper comes as a {@link dev.sluice.kafka.record.MapperError}, which names the record's
   * position and may be logged as it is; it holds the error itself, too.
   *
   * @param listener called once, on the polling thread; of what it throws the class is logged
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
   * Makes the producer of dead letters, for a wrapped or a simulated one. It is called again when
   * the topic has taken nothing for a minute, since a producer may have become unusable.
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
   * The time, for tests. Durations are measured by it too: it may go back, which holds nothing up,
   * but should not jump forward. If it is one of the JDK's system clocks it tells only dates, as by
   * default: durations are then measured by {@link System#nanoTime}.
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
   * Makes the clients that are asked, each on a thread of its own: which topics are compacted, and
   * whether the dead-letter topic keeps what it is given. Each is closed when it has answered, or
   * the consumer ends. Where there was no answer, another is asked a minute later. None is asked
   * about the topics that are read if the writer {@linkplain IdempotentWriter#toleratesCompaction
   * tolerates} compaction. Another one, which is made with the first assignment and closed with the
   * consumer, is asked for the ids of topics, so that one that is deleted and created again is
   * noticed.
   *
   * @param factory given the connection settings of the consumer, or of the dead letters' producer
   *     if that has brokers of its own; {@code Admin::create} by default
   * @return this builder
   */
  public IdempotentConsumerBuilder adminFactory(Function<Map<String, Object>, Admin> factory) {
    this.adminFactory = requireNonNull(factory, "factory");
    return this;
  }

  /**
   * Checks all settings and builds the consumer, which connects when it starts.
   *
   * @return the consumer; whoever built it closes it
   * @throws IllegalArgumentException if a setting is missing, given twice or not known, or would
   *     break a promise
   */
  public IdempotentConsumer build() {
    ConsumerAssembly parts = new ConsumerAssembly(this);
    return new IdempotentConsumer(parts.wirings(), parts.deadLetterTopicCheck(), onFatal);
  }
}
