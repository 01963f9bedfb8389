package dev.sluice.benchmarks.client;

import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClientBuilder;

/** The SDK's client over Netty, of a simulated service. */
public final class NettyClient {
  private static final int SPARE_CONNECTIONS = 24;
  private static final int MAX_WAITING = 100_000;

  private NettyClient() {}

  /**
   * Begins a client.
   *
   * @param endpoint of the service
   * @param inFlight how many requests will be under way; there are 24 connections more
   * @return a builder with the SDK's own retries
   */
  public static DynamoDbAsyncClientBuilder builder(URI endpoint, int inFlight) {
    return DynamoDbAsyncClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("benchmark", "benchmark")))
        .httpClientBuilder(
            NettyNioAsyncHttpClient.builder()
                .maxConcurrency(inFlight + SPARE_CONNECTIONS)
                .maxPendingConnectionAcquires(MAX_WAITING)
                .connectionAcquisitionTimeout(Duration.ofSeconds(30)));
  }
}
