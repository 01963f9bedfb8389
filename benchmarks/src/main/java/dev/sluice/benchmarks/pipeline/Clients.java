package dev.sluice.benchmarks.pipeline;

import dev.sluice.benchmarks.client.NettyClient;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/** The clients of all pipelines, set alike. */
final class Clients {
  private Clients() {}

  /** A client with the SDK's own retries. */
  static DynamoDbAsyncClient dynamoDb(URI endpoint, int inFlight) {
    return NettyClient.builder(endpoint, inFlight).build();
  }

  /** A client for who makes its own retries. */
  static DynamoDbAsyncClient dynamoDbWithoutRetries(URI endpoint, int inFlight) {
    return NettyClient.builder(endpoint, inFlight)
        .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  /** Settings of a Kafka consumer that commits by itself never, and reads from the beginning. */
  static Map<String, Object> consumer(RunSetup setup) {
    Map<String, Object> settings = new HashMap<>(connection(setup));
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return settings;
  }

  static Map<String, Object> connection(RunSetup setup) {
    return Map.of(
        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
        setup.bootstrapServers(),
        ConsumerConfig.GROUP_ID_CONFIG,
        setup.group());
  }
}
