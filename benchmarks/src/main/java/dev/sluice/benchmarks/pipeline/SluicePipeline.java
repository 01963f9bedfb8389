package dev.sluice.benchmarks.pipeline;

import dev.sluice.IdempotentWriter;
import dev.sluice.IdempotentWriterBuilder;
import dev.sluice.benchmarks.writer.RestrictedAccount;
import dev.sluice.kafka.IdempotentConsumer;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.Mode;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Sluice, as it is by default but for the number of instances and of requests under way. */
final class SluicePipeline implements Pipeline {
  private static final Duration CLOSE = Duration.ofSeconds(60);

  private final DynamoDbAsyncClient client;
  private final IdempotentWriter writer;
  private final IdempotentConsumer consumer;

  private SluicePipeline(
      RunSetup setup,
      Probe probe,
      Mode mode,
      DynamoDbAsyncClient client,
      DynamoDbAsyncClient account,
      RecordMapper mapper) {
    this.client = client;
    IdempotentWriterBuilder builder =
        IdempotentWriter.builder(account)
            .mode(mode)
            .table(Table.named(Tables.DATA))
            .maxInFlightRequests(setup.inFlight());
    this.writer = (mode == Mode.KEYED ? builder : builder.ledger(Tables.LEDGER)).build();
    this.consumer =
        IdempotentConsumer.builder(Clients.connection(setup), writer)
            .topics(setup.topic())
            .instances(setup.instances())
            .mapper(RecordMapper.threadSafe(mapper))
            .metrics(metrics(probe))
            .onFatal(probe::failed)
            .build();
  }

  static Pipeline creating(RunSetup setup, Probe probe, Mode mode) {
    DynamoDbAsyncClient client = Clients.dynamoDbWithoutRetries(setup.endpoint(), setup.inFlight());
    return new SluicePipeline(setup, probe, mode, client, client, creating(mode));
  }

  static Pipeline putting(RunSetup setup, Probe probe, Mode mode) {
    DynamoDbAsyncClient client = Clients.dynamoDbWithoutRetries(setup.endpoint(), setup.inFlight());
    return new SluicePipeline(
        setup,
        probe,
        mode,
        client,
        client,
        record -> {
          Delivery delivery = Delivery.of(record);
          return Mapped.write(
              Write.event(delivery.eventId()).put(Tables.DATA, item(delivery, mode)));
        });
  }

  /** For an account that may neither insert into the ledger by statements nor read it in bulk. */
  static Pipeline claimingOneByOne(RunSetup setup, Probe probe) {
    DynamoDbAsyncClient client = Clients.dynamoDbWithoutRetries(setup.endpoint(), setup.inFlight());
    return new SluicePipeline(
        setup,
        probe,
        Mode.LEDGER,
        client,
        RestrictedAccount.withoutBatches(client, Tables.LEDGER.name()),
        creating(Mode.LEDGER));
  }

  private static RecordMapper creating(Mode mode) {
    return record -> {
      Delivery delivery = Delivery.of(record);
      return Mapped.write(
          Write.event(delivery.eventId()).create(Tables.DATA, item(delivery, mode)));
    };
  }

  private static Map<String, AttributeValue> item(Delivery delivery, Mode mode) {
    return mode == Mode.KEYED ? delivery.itemOfEvent() : delivery.itemOfDelivery();
  }

  private static ConsumerMetrics metrics(Probe probe) {
    return new ConsumerMetrics() {
      @Override
      public void recordEnded(TopicPartition partition, Ending ending, long nanos) {
        probe.durableAfter(1, nanos);
      }
    };
  }

  @Override
  public void start() {
    consumer.start();
  }

  @Override
  public void close() {
    consumer.close(CLOSE);
    writer.close(CLOSE);
    client.close();
  }
}
