package dev.sluice.examples.earthquakes;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.Select;

/**
 * How things stand, counted from the tables and topics by plain clients.
 *
 * @param published records in the topic
 * @param committed records of it that the group has committed
 * @param claims entries in the ledger
 * @param items items in the table
 * @param deadLetters records in the dead-letter topic
 */
record Tally(long published, long committed, long claims, long items, long deadLetters) {

  /** Records in the topic that the group has not committed. */
  long lag() {
    return published - committed;
  }

  /** Committed records that left neither an item nor a dead letter. */
  long duplicates() {
    return Math.max(0, committed - items - deadLetters);
  }

  static Tally count(Admin kafka, DynamoDbAsyncClient dynamo) {
    try {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          kafka
              .listConsumerGroupOffsets(EarthquakeTables.GROUP)
              .partitionsToOffsetAndMetadata()
              .get();
      long committed =
          offsets.entrySet().stream()
              .filter(offset -> offset.getKey().topic().equals(EarthquakeTables.TOPIC))
              .mapToLong(offset -> offset.getValue() == null ? 0 : offset.getValue().offset())
              .sum();
      return new Tally(
          end(kafka, EarthquakeTables.TOPIC, EarthquakeTables.PARTITIONS),
          committed,
          items(dynamo, EarthquakeTables.LEDGER.name()),
          items(dynamo, EarthquakeTables.EARTHQUAKES),
          end(kafka, EarthquakeTables.DEAD_LETTERS, 1));
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("The topics could not be counted.", e);
    }
  }

  private static long end(Admin kafka, String topic, int partitions)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    IntStream.range(0, partitions)
        .forEach(i -> ends.put(new TopicPartition(topic, i), OffsetSpec.latest()));
    return kafka.listOffsets(ends).all().get().values().stream()
        .mapToLong(end -> end.offset())
        .sum();
  }

  private static long items(DynamoDbAsyncClient dynamo, String table) {
    long items = 0;
    ScanResponse page = null;
    do {
      ScanResponse last = page;
      page =
          dynamo
              .scan(
                  scan ->
                      scan.tableName(table)
                          .select(Select.COUNT)
                          .consistentRead(true)
                          .exclusiveStartKey(last == null ? null : last.lastEvaluatedKey()))
              .join();
      items += page.count();
    } while (page.hasLastEvaluatedKey() && !page.lastEvaluatedKey().isEmpty());
    return items;
  }
}
