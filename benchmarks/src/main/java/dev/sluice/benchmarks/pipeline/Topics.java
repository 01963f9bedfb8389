package dev.sluice.benchmarks.pipeline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Makes topics, fills them at once or at a rate, and says what a group has committed. */
final class Topics implements AutoCloseable {
  private static final int BATCH_BYTES = 256 * 1024;
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> misplaced = new AtomicReference<>();

  Topics(String bootstrapServers) {
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.BATCH_SIZE_CONFIG,
                BATCH_BYTES,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                // In order, and each record at the offset that the log says.
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                false,
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  void create(String topic) throws ExecutionException, InterruptedException {
    admin
        .createTopics(
            List.of(new NewTopic(topic, Optional.of(EventLog.PARTITIONS), Optional.empty())))
        .all()
        .get();
    var unused = producer.partitionsFor(topic);
  }

  void delete(String topic) throws ExecutionException, InterruptedException {
    admin.deleteTopics(List.of(topic)).all().get();
  }

  /** Sends records of the log, from one up to another, and waits until the broker has them. */
  void send(String topic, EventLog log, int from, int to) {
    for (int record = from; record < to; record++) {
      send(topic, log, record);
    }
    flush();
  }

  /**
   * Sends records of the log at a rate until it is told to stop or the log ends.
   *
   * @return the record behind the last one sent
   */
  int offer(String topic, EventLog log, int from, double perSecond, BooleanSupplier stopped) {
    long start = System.nanoTime();
    int next = from;
    while (!stopped.getAsBoolean() && next < log.records()) {
      double seconds = (System.nanoTime() - start) / 1e9;
      int due = (int) Math.min(log.records(), from + seconds * perSecond);
      for (; next < due; next++) {
        send(topic, log, next);
      }
      LockSupport.parkNanos(TICK_NANOS);
    }
    flush();
    return next;
  }

  private void send(String topic, EventLog log, int record) {
    var unused =
        producer.send(
            new ProducerRecord<>(
                topic, EventLog.partition(record), log.key(record), EventLog.value()),
            (sent, thrown) -> {
              if (thrown != null) {
                misplaced.compareAndSet(null, thrown);
              } else if (sent.offset() != EventLog.offset(record)) {
                misplaced.compareAndSet(
                    null, new IllegalStateException("Record " + record + " is at " + sent));
              }
            });
  }

  /** Waits until all is sent, each record where the log says. */
  private void flush() {
    producer.flush();
    Exception thrown = misplaced.get();
    if (thrown != null) {
      throw new IllegalStateException("The topic is not what the log says.", thrown);
    }
  }

  /** {@return the offset behind what a group has done, by partition} */
  long[] committed(String topic, String group) throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        new HashMap<>(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get());
    long[] committed = new long[EventLog.PARTITIONS];
    for (int partition = 0; partition < committed.length; partition++) {
      OffsetAndMetadata offset = offsets.get(new TopicPartition(topic, partition));
      committed[partition] = offset == null ? 0 : offset.offset();
    }
    return committed;
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
