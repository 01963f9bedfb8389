package dev.sluice.testkit.kafka;

import static java.util.Comparator.comparingInt;
import static java.util.Comparator.comparingLong;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning to the end it has when reading starts. */
final class TopicReader {

  private static final Duration POLL = Duration.ofMillis(100);

  private TopicReader() {}

  static List<ConsumerRecord<byte[], byte[]>> readAll(
      String topic, Map<String, Object> clientSettings, Duration timeout) {
    var settings = new HashMap<>(clientSettings);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      return readTo(consumer.endOffsets(partitions), consumer, timeout);
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> readTo(
      Map<TopicPartition, Long> ends, Consumer<byte[], byte[]> consumer, Duration timeout) {
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    long giveUp = System.nanoTime() + timeout.toNanos();
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      if (System.nanoTime() > giveUp) {
        throw new IllegalStateException("cannot read up to " + ends + " within " + timeout);
      }
      consumer.poll(POLL).forEach(records::add);
    }
    records.removeIf(
        record ->
            record.offset()
                >= ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L));
    records.sort(
        comparingInt((ConsumerRecord<byte[], byte[]> record) -> record.partition())
            .thenComparing(comparingLong(ConsumerRecord::offset)));
    return List.copyOf(records);
  }
}
