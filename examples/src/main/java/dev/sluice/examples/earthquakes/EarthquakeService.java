package dev.sluice.examples.earthquakes;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.IdempotentConsumer;
import dev.sluice.model.Table;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * The service: reads earthquakes from Kafka and writes each to DynamoDB once. This is all that an
 * application writes; everything else in this package only shows that it holds.
 */
public final class EarthquakeService implements AutoCloseable {
  private final DynamoDbAsyncClient dynamo;
  private final IdempotentWriter writer;
  private final IdempotentConsumer consumer;

  private EarthquakeService(Map<String, Object> kafka, DynamoDbAsyncClient dynamo) {
    this.dynamo = dynamo;
    this.writer =
        IdempotentWriter.builder(dynamo)
            .ledger(EarthquakeTables.LEDGER)
            .table(Table.named(EarthquakeTables.EARTHQUAKES), EarthquakeTables.SHARDER)
            // Longer than one would choose, so that whoever kills this finds claims without
            // effects.
            .linger(Duration.ofMillis(100))
            .build();
    this.consumer =
        IdempotentConsumer.builder(kafka, writer)
            .topics(EarthquakeTables.TOPIC)
            .mapper(new EarthquakeMapper())
            .deadLetterTopic(EarthquakeTables.DEAD_LETTERS)
            .build();
  }

  /**
   * Starts the service.
   *
   * @param kafka settings of the Kafka consumer
   * @param endpoint where DynamoDB is
   * @return the service, running
   */
  static EarthquakeService start(Map<String, Object> kafka, URI endpoint) {
    EarthquakeService service = new EarthquakeService(kafka, client(endpoint));
    service.consumer.start();
    return service;
  }

  static DynamoDbAsyncClient client(URI endpoint) {
    return DynamoDbAsyncClient.builder()
        .endpointOverride(endpoint)
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClientBuilder(NettyNioAsyncHttpClient.builder().maxConcurrency(64))
        // The writer retries by itself, and knows what may be retried; one attempt is enough here.
        .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  /** Waits until the service has ended by itself, which it does only where it cannot go on. */
  void await() {
    consumer.terminated().toCompletableFuture().join();
  }

  /** Drains, commits and closes: the consumer first, then the writer, then the client. */
  @Override
  public void close() {
    consumer.close(Duration.ofSeconds(20));
    writer.close(Duration.ofSeconds(5));
    dynamo.close();
  }

  /**
   * Runs the service until it is stopped, or killed.
   *
   * @param args Kafka's bootstrap servers and DynamoDB's endpoint
   */
  public static void main(String[] args) {
    Map<String, Object> kafka =
        Map.of(
            "bootstrap.servers",
            args[0],
            "group.id",
            EarthquakeTables.GROUP,
            "session.timeout.ms",
            6000,
            "heartbeat.interval.ms",
            500);
    EarthquakeService service = start(kafka, URI.create(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(service::close, "shutdown"));
    service.await();
  }
}
