package dev.sluice.examples.earthquakes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the feed as producers that retry do: about 30% of the events come again, some at once,
 * some much later, some on another partition. Among them are {@value #MALFORMED} records that
 * nobody can use.
 */
final class AtLeastOnceProducer implements AutoCloseable {
  static final int MALFORMED = 7;

  private static final double REPEATED = 0.3;
  private static final int MUCH_LATER = 600;
  private static final int TICK_MILLIS = 50;

  private final Producer<byte[], byte[]> producer;
  private final List<ProducerRecord<byte[], byte[]>> records;
  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger sent = new AtomicInteger();

  AtLeastOnceProducer(String bootstrapServers, List<Earthquake> earthquakes, long seed) {
    this.records = schedule(EarthquakeTables.TOPIC, earthquakes, new Random(seed));
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Every record to be sent, in order; for {@value #MALFORMED} earthquakes or more. */
  static List<ProducerRecord<byte[], byte[]>> schedule(
      String topic, List<Earthquake> earthquakes, Random random) {
    int between = earthquakes.size() / MALFORMED;
    List<ProducerRecord<byte[], byte[]>> schedule = new ArrayList<>();
    Map<Integer, List<ProducerRecord<byte[], byte[]>>> later = new HashMap<>();
    List<byte @Nullable []> malformed = malformed(earthquakes.get(0));
    for (int i = 0; i < earthquakes.size(); i++) {
      Earthquake earthquake = earthquakes.get(i);
      ProducerRecord<byte[], byte[]> record = record(topic, earthquake, partition(earthquake.id()));
      schedule.add(record);
      if (random.nextDouble() < REPEATED) {
        switch (random.nextInt(3)) {
          case 0 -> schedule.add(record);
          case 1 -> later(later, i + 50 + random.nextInt(MUCH_LATER)).add(record);
          default -> {
            int other = (record.partition() + 1) % EarthquakeTables.PARTITIONS;
            later(later, i + random.nextInt(MUCH_LATER)).add(record(topic, earthquake, other));
          }
        }
      }
      schedule.addAll(later.getOrDefault(i, List.of()));
      later.remove(i);
      if (i % between == between / 2 && i / between < MALFORMED) {
        int number = i / between;
        schedule.add(record(topic, number, malformed.get(number)));
      }
    }
    later.values().forEach(schedule::addAll);
    return Collections.unmodifiableList(schedule);
  }

  private static List<ProducerRecord<byte[], byte[]>> later(
      Map<Integer, List<ProducerRecord<byte[], byte[]>>> later, int at) {
    return later.computeIfAbsent(at, i -> new ArrayList<>());
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, Earthquake earthquake, int partition) {
    return new ProducerRecord<>(
        topic, partition, earthquake.id().getBytes(StandardCharsets.UTF_8), earthquake.toJson());
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, int number, byte @Nullable [] value) {
    return new ProducerRecord<>(topic, number % EarthquakeTables.PARTITIONS, null, value);
  }

  private static int partition(String id) {
    CRC32 crc = new CRC32();
    crc.update(id.getBytes(StandardCharsets.UTF_8));
    return (int) (crc.getValue() % EarthquakeTables.PARTITIONS);
  }

  /** Truncated, without an id, empty, a tombstone, not UTF-8, too large, without a network. */
  private static List<byte @Nullable []> malformed(Earthquake like) {
    String json = new String(like.toJson(), StandardCharsets.UTF_8);
    byte[] notUtf8 = json.replace(like.id(), "malformed-5").getBytes(StandardCharsets.UTF_8);
    notUtf8[json.indexOf("\"place\":\"") + "\"place\":\"".length()] = (byte) 0xff;
    String tooLarge =
        json.replace(like.id(), "malformed-6")
            .replace("\"place\":\"", "\"place\":\"" + "x".repeat(450 * 1024));
    String noNetwork =
        json.replace(like.id(), "malformed-7")
            .replace("\"net\":\"" + like.network() + "\"", "\"net\":\"\"");
    List<byte @Nullable []> values = new ArrayList<>();
    values.add(json.substring(0, json.length() / 2).getBytes(StandardCharsets.UTF_8));
    values.add(
        json.replace("\"id\":\"" + like.id() + "\"", "\"nr\":1").getBytes(StandardCharsets.UTF_8));
    values.add(new byte[0]);
    values.add(null);
    values.add(notUtf8);
    values.add(tooLarge.getBytes(StandardCharsets.UTF_8));
    values.add(noNetwork.getBytes(StandardCharsets.UTF_8));
    return values;
  }

  /** {@return how many records there are to send} */
  int size() {
    return records.size();
  }

  /** {@return how many records the broker has acknowledged} */
  int sent() {
    return sent.get();
  }

  /** Begins to send, at a steady pace. */
  void start(int recordsASecond) {
    int each = Math.max(1, recordsASecond * TICK_MILLIS / 1000);
    AtomicInteger next = new AtomicInteger();
    Future<?> unused =
        pace.scheduleAtFixedRate(() -> send(next, each), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void send(AtomicInteger next, int count) {
    List<Future<?>> acknowledged = new ArrayList<>();
    for (int i = 0; i < count && next.get() < records.size(); i++) {
      acknowledged.add(producer.send(records.get(next.getAndIncrement())));
    }
    try {
      for (Future<?> one : acknowledged) {
        one.get();
        sent.incrementAndGet();
      }
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("The producer could not send.", e);
    }
  }

  @Override
  public void close() {
    pace.shutdownNow();
    producer.close();
  }
}
