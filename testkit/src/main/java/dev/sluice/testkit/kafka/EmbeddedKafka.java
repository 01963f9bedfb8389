package dev.sluice.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker in this JVM that is its own controller, reachable by every process of this machine
 * at a port of {@code localhost}, with its data in a temporary directory.
 *
 * <p>Topics are not created by themselves. Groups may use the classic and the consumer protocol;
 * the latter has a session timeout of 10 s and a heartbeat every 200 ms unless set otherwise. Calls
 * give up after 30 s with {@link IllegalStateException}.
 *
 * <p>While one is open, a fatal fault of a broker does not end the JVM; every following call,
 * {@link #close()} included, then throws {@link IllegalStateException}. Safe for use by several
 * threads, {@link #bounce()} and {@link #close()} excepted.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final ExitGuard exit;
  private final Broker broker;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;

  private EmbeddedKafka(ExitGuard exit, Broker broker) {
    this.exit = exit;
    this.broker = broker;
    this.admin = Admin.create(clientSettings());
    this.producer =
        new KafkaProducer<>(clientSettings(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Starts a broker without topics. */
  public static EmbeddedKafka start() {
    return start(Map.of());
  }

  /**
   * Starts a broker without topics.
   *
   * @param settings broker settings that go before the defaults, such as {@code
   *     group.consumer.session.timeout.ms}; those of listeners, roles and directories stay ours
   */
  public static EmbeddedKafka start(Map<String, String> settings) {
    var exit = ExitGuard.open();
    try {
      return new EmbeddedKafka(exit, Broker.start(settings));
    } catch (RuntimeException | Error e) {
      exit.close();
      throw e;
    }
  }

  /** For a client's {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** A new map with {@code bootstrap.servers}, to be completed with a client's settings. */
  public Map<String, Object> clientSettings() {
    return new HashMap<>(Map.of("bootstrap.servers", bootstrapServers()));
  }

  /** A second way to the broker, which can be silenced or cut for those who take it. */
  public Link link() {
    return broker.link();
  }

  /** An admin client; closed with the broker. */
  public Admin admin() {
    return admin;
  }

  /** A producer that waits for all acknowledgements; closed with the broker. */
  public Producer<byte[], byte[]> producer() {
    return producer;
  }

  /** Creates a topic and waits until it can be written to. */
  public void createTopic(String topic, int partitions) {
    createTopic(topic, partitions, Map.of());
  }

  /**
   * Creates a topic and waits until it can be written to.
   *
   * @param configs the topic's settings, such as {@code cleanup.policy}
   */
  public void createTopic(String topic, int partitions, Map<String, String> configs) {
    var created = new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(configs);
    get(admin.createTopics(List.of(created)).all().toCompletionStage().toCompletableFuture());
    var unused = producer.partitionsFor(topic);
    // The metadata may be ahead of the leader, which then takes a later batch but not the first.
    var ends = new HashMap<TopicPartition, OffsetSpec>();
    for (int partition = 0; partition < partitions; partition++) {
      ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    get(admin.listOffsets(ends).all().toCompletionStage().toCompletableFuture());
  }

  /** Sends a record and waits until the broker has it. */
  public RecordMetadata send(
      String topic,
      int partition,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Iterable<Header> headers) {
    return send(new ProducerRecord<>(topic, partition, key, value, headers));
  }

  /** Sends a record of UTF-8 text without headers and waits until the broker has it. */
  public RecordMetadata send(
      String topic, int partition, @Nullable String key, @Nullable String value) {
    return send(topic, partition, bytes(key), bytes(value), List.of());
  }

  /** Sends a record and waits until the broker has it. */
  public RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
    return get(producer.send(record));
  }

  /** What a group has committed, by partition; empty for a group that has not. */
  public Map<TopicPartition, Long> committed(String group) {
    var offsets =
        get(
            admin
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .toCompletionStage()
                .toCompletableFuture());
    var committed = new HashMap<TopicPartition, Long>();
    offsets.forEach(
        (partition, offset) -> {
          if (offset != null) {
            committed.put(partition, offset.offset());
          }
        });
    return committed;
  }

  /**
   * The records of a topic up to its present end, by partition and offset; those of aborted and
   * open transactions are left out.
   */
  public List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
    exit.check();
    return TopicReader.readAll(topic, clientSettings(), TIMEOUT);
  }

  /**
   * Stops the broker and starts it again with the same data and address. Clients see their
   * connections break and come back.
   */
  public void bounce() {
    exit.check();
    broker.bounce();
  }

  /**
   * Flips the last byte that a partition's log has, as a faulty disk does; done twice, all is well
   * again. Clients that check what they read refuse the last batch meanwhile.
   */
  public void flipLastByte(String topic, int partition) {
    exit.check();
    broker.flipLastByte(topic + "-" + partition);
  }

  /** Closes the clients, stops the broker and deletes its data. */
  @Override
  public void close() {
    producer.close(Duration.ZERO);
    admin.close(Duration.ZERO);
    try {
      broker.close();
    } finally {
      exit.close();
    }
    exit.check();
  }

  Path directory() {
    return broker.directory();
  }

  private <T> T get(Future<T> future) {
    exit.check();
    try {
      return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka refused: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer from Kafka within " + TIMEOUT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }
}
