package dev.sluice.testkit.dynamodb;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeyType;

/**
 * DynamoDB Local in this JVM, empty, in memory, behind HTTP on a free port, without telemetry.
 *
 * <p>Every client sees the same tables, whatever its region and credentials. Closing stops the
 * server and {@link #client()} and forgets all data. Safe for use by several threads.
 */
public final class EmbeddedDynamoDb implements AutoCloseable {

  /** The region that {@link #client()} and {@link #clientBuilder()} are set to. */
  public static final Region REGION = Region.EU_CENTRAL_1;

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
  private static final int MOST_CONNECTIONS = 128;

  /**
   * One for the whole JVM, never closed, on daemon threads: Netty takes two seconds to let go of
   * the last client.
   */
  private static final SdkAsyncHttpClient HTTP = httpClientBuilder().build();

  private final LocalServer server;
  private final DynamoDbAsyncClient client;

  private EmbeddedDynamoDb(LocalServer server) {
    this.server = server;
    this.client = clientBuilder().httpClient(HTTP).build();
  }

  /**
   * Starts an empty server.
   *
   * @throws IllegalStateException if it cannot start
   */
  public static EmbeddedDynamoDb start() {
    return new EmbeddedDynamoDb(LocalServer.start());
  }

  /** Where the server listens. */
  public URI endpoint() {
    return server.endpoint();
  }

  /**
   * A client that never retries and gives up on a call after 15 s; closing the server closes it.
   */
  public DynamoDbAsyncClient client() {
    return client;
  }

  /**
   * A builder with endpoint, region, credentials, timeouts and no retries set, but no HTTP client:
   * without one the SDK takes what it finds. Whoever builds a client closes it.
   */
  public DynamoDbAsyncClientBuilder clientBuilder() {
    return DynamoDbAsyncClient.builder()
        .endpointOverride(endpoint())
        .region(REGION)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .overrideConfiguration(
            override ->
                override
                    .apiCallTimeout(CALL_TIMEOUT)
                    .apiCallAttemptTimeout(CALL_TIMEOUT)
                    .retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  /**
   * The settings of the HTTP client that {@link #client()} uses, for one to put a wrapper around.
   */
  public static NettyNioAsyncHttpClient.Builder httpClientBuilder() {
    return NettyNioAsyncHttpClient.builder()
        .maxConcurrency(MOST_CONNECTIONS)
        .connectionTimeout(CONNECT_TIMEOUT)
        .connectionAcquisitionTimeout(CALL_TIMEOUT)
        .readTimeout(CALL_TIMEOUT)
        .writeTimeout(CALL_TIMEOUT);
  }

  /** Creates an on-demand table with a partition key alone, and waits until it is active. */
  public void createTable(String table, KeyAttribute partitionKey) {
    create(
        table,
        request ->
            request
                .attributeDefinitions(partitionKey.definition())
                .keySchema(partitionKey.as(KeyType.HASH)));
  }

  /** Creates an on-demand table with partition and sort key, and waits until it is active. */
  public void createTable(String table, KeyAttribute partitionKey, KeyAttribute sortKey) {
    create(
        table,
        request ->
            request
                .attributeDefinitions(partitionKey.definition(), sortKey.definition())
                .keySchema(partitionKey.as(KeyType.HASH), sortKey.as(KeyType.RANGE)));
  }

  /** Deletes a table and waits until it is gone. */
  public void deleteTable(String table) {
    client.deleteTable(request -> request.tableName(table)).join();
    client
        .waiter()
        .waitUntilTableNotExists(
            describe -> describe.tableName(table),
            wait -> wait.backoffStrategyV2(BackoffStrategy.fixedDelay(POLL_INTERVAL)))
        .join();
  }

  /** All items of a table, read consistently, page by page, in no particular order. */
  public List<Map<String, AttributeValue>> items(String table) {
    var items = new ConcurrentLinkedQueue<Map<String, AttributeValue>>();
    client
        .scanPaginator(scan -> scan.tableName(table).consistentRead(true))
        .items()
        .subscribe(items::add)
        .join();
    return List.copyOf(items);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }

  private void create(String table, Consumer<CreateTableRequest.Builder> key) {
    client
        .createTable(
            request ->
                request
                    .tableName(table)
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .applyMutation(key))
        .join();
    client
        .waiter()
        .waitUntilTableExists(
            describe -> describe.tableName(table),
            wait -> wait.backoffStrategyV2(BackoffStrategy.fixedDelay(POLL_INTERVAL)))
        .join();
  }
}
