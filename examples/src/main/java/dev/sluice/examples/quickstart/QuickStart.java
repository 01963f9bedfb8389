package dev.sluice.examples.quickstart;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.DeadLetterReplay;
import dev.sluice.kafka.IdempotentConsumer;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The README's code, whole. */
final class QuickStart {
  private QuickStart() {}

  static void run(
      Map<String, Object> kafkaProperties, DynamoDbAsyncClient dynamoDb, CountDownLatch stop)
      throws InterruptedException {
    var writer =
        IdempotentWriter.builder(dynamoDb)
            .ledger(LedgerTable.named("event-ledger").scope("billing"))
            .table(Table.named("payments"))
            .build();
    var consumer =
        IdempotentConsumer.builder(kafkaProperties, writer)
            .topics("payments")
            .mapper(
                record ->
                    Mapped.write(Write.event(eventId(record)).create("payments", item(record))))
            .deadLetterTopic("payments.billing.dead-letters")
            .build();
    consumer.start();
    stop.await();
    consumer.close(Duration.ofSeconds(30)); // drains, commits, leaves the group
    writer.close(Duration.ofSeconds(10));
  }

  static void count(
      DynamoDbAsyncClient dynamoDb,
      String topic,
      int partition,
      long offset,
      Map<String, AttributeValue> day) {
    var counts =
        IdempotentWriter.builder(dynamoDb)
            .mode(Mode.TRANSACTIONAL)
            .ledger(LedgerTable.named("event-ledger").scope("statistics"))
            .table(Table.named("sales"))
            .build();
    counts.write(
        SourcePosition.of(topic, partition, offset),
        Write.event("order-17-paid")
            .update(
                "sales", day, "ADD #n :one", Map.of("#n", "orders"), Map.of(":one", fromN("1"))));
    counts.close(Duration.ofSeconds(10));
  }

  static void replay(
      Map<String, Object> kafkaProperties, IdempotentWriter writer, RecordMapper mapper) {
    var replay =
        DeadLetterReplay.builder(kafkaProperties, writer)
            .deadLetterTopic("payments.billing.dead-letters")
            .mapper(mapper)
            .reasons(List.of("MAPPER_FAILED")) // all, unless said otherwise
            .recordsPerSecond(100)
            .build();
    System.out.println(replay.run());
  }

  static DynamoDbAsyncClient client() {
    return DynamoDbAsyncClient.builder()
        .httpClientBuilder(NettyNioAsyncHttpClient.builder().maxConcurrency(64))
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  private static String eventId(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  private static Map<String, AttributeValue> item(ConsumerRecord<byte[], byte[]> record) {
    return Map.of(
        "id", AttributeValue.fromS(eventId(record)),
        "payment", AttributeValue.fromS(new String(record.value(), StandardCharsets.UTF_8)));
  }
}
