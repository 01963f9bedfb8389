package dev.sluice.benchmarks.pipeline;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A Kafka consumer that remembers when its polls returned, for who polls out of our sight. */
final class TimedConsumer extends KafkaConsumer<byte[], byte[]> {
  private final Map<TopicPartition, ConcurrentNavigableMap<Long, Long>> polledByFirstOffset =
      new ConcurrentHashMap<>();

  TimedConsumer(Map<String, Object> settings) {
    super(settings);
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
    if (!records.isEmpty()) {
      long now = System.nanoTime();
      for (TopicPartition partition : records.partitions()) {
        polledByFirstOffset
            .computeIfAbsent(partition, none -> new ConcurrentSkipListMap<>())
            .put(records.records(partition).get(0).offset(), now);
      }
    }
    return records;
  }

  /** {@return when the poll that brought the record had returned} */
  long polledNanos(ConsumerRecord<byte[], byte[]> record) {
    ConcurrentNavigableMap<Long, Long> polled =
        polledByFirstOffset.get(new TopicPartition(record.topic(), record.partition()));
    if (polled == null) {
      throw new IllegalStateException("No poll has brought anything of this partition.");
    }
    return polled.floorEntry(record.offset()).getValue();
  }
}
