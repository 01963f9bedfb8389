package dev.sluice.testkit.simulated.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

class SimulatedDynamoDbServerIT {

  private static final Map<String, AttributeValue> ITEM = Map.of("id", AttributeValue.fromS("a"));

  private final SimulatedDynamoDb service = SimulatedDynamoDb.create();
  private final SimulatedDynamoDbServer server =
      SimulatedDynamoDbServer.start(service, 0, Duration.ZERO);
  private final DynamoDbAsyncClient client = client(server.endpoint());

  SimulatedDynamoDbServerIT() {
    service.createTable("tab", KeyAttribute.string("id"));
  }

  private static DynamoDbAsyncClient client(URI endpoint) {
    return DynamoDbAsyncClient.builder()
        .endpointOverride(endpoint)
        .region(EmbeddedDynamoDb.REGION)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .httpClientBuilder(EmbeddedDynamoDb.httpClientBuilder())
        .build();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void anSdkClientWritesAndReads() {
    client.putItem(put -> put.tableName("tab").item(ITEM)).join();

    var get = client.getItem(request -> request.tableName("tab").key(ITEM)).join();

    assertThat(get.item()).isEqualTo(ITEM);
    var date = get.sdkHttpResponse().firstMatchingHeader("Date").orElseThrow();
    assertThat(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
        .isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
  }

  @Test
  void tablesComeByRequest() {
    client
        .createTable(
            table ->
                table
                    .tableName("made")
                    .billingMode("PAY_PER_REQUEST")
                    .attributeDefinitions(
                        AttributeDefinition.builder()
                            .attributeName("id")
                            .attributeType("S")
                            .build())
                    .keySchema(
                        KeySchemaElement.builder().attributeName("id").keyType("HASH").build()))
        .join();

    assertThat(client.listTables().join().tableNames()).containsExactly("made", "tab");
    assertThat(client.describeTable(d -> d.tableName("made")).join().table().tableStatusAsString())
        .isEqualTo("ACTIVE");
    client.deleteTable(d -> d.tableName("made")).join();
    assertThatThrownBy(() -> client.describeTable(d -> d.tableName("made")).join())
        .hasCauseInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void aFailedConditionBringsTheItem() {
    client.putItem(put -> put.tableName("tab").item(ITEM)).join();

    assertThatThrownBy(
            () ->
                client
                    .putItem(
                        put ->
                            put.tableName("tab")
                                .item(ITEM)
                                .conditionExpression("attribute_not_exists(id)")
                                .returnValuesOnConditionCheckFailure("ALL_OLD"))
                    .join())
        .cause()
        .isInstanceOfSatisfying(
            ConditionalCheckFailedException.class, e -> assertThat(e.item()).isEqualTo(ITEM));
  }

  @Test
  void aCancelledTransactionBringsItsReasons() {
    var check =
        TransactWriteItem.builder()
            .conditionCheck(
                c -> c.tableName("tab").key(ITEM).conditionExpression("attribute_exists(id)"))
            .build();
    assertThatThrownBy(
            () -> client.transactWriteItems(transaction -> transaction.transactItems(check)).join())
        .cause()
        .isInstanceOfSatisfying(
            TransactionCanceledException.class,
            e -> {
              assertThat(e.cancellationReasons()).hasSize(1);
              assertThat(e.cancellationReasons().get(0).code()).isEqualTo("ConditionalCheckFailed");
            });
  }

  @Test
  void aThrottleBringsItsReason() {
    synchronized (service) {
      service.limit(
          "tab",
          Throughput.onDemand(1).withTableUnits(0.001, 0.001).withBurst(Duration.ofMinutes(17)),
          Instant.now());
    }
    client.putItem(put -> put.tableName("tab").item(ITEM)).join();

    assertThatThrownBy(() -> client.putItem(put -> put.tableName("tab").item(ITEM)).join())
        .cause()
        .isInstanceOfSatisfying(
            ThrottlingException.class,
            e ->
                assertThat(e.throttlingReasons().get(0).reason())
                    .isEqualTo("TableWriteMaxOnDemandThroughputExceeded"));
  }

  @Test
  void whatIsNotSimulatedSaysSo() {
    assertThatThrownBy(() -> client.describeLimits(limits -> {}).join())
        .cause()
        .isInstanceOfSatisfying(
            DynamoDbException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(501);
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo("NotSimulatedError");
            });
  }

  @Test
  void whatIsNoJsonIsRefused() throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(server.endpoint())
            .header("X-Amz-Target", "DynamoDB_20120810.PutItem")
            .POST(HttpRequest.BodyPublishers.ofString("{\"TableName\": 5"))
            .build();

    var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("SerializationException");
  }

  @Test
  void repliesAreHeldBackByTheLatencySideBySide() {
    var latency = Duration.ofMillis(100);
    try (var slow = SimulatedDynamoDbServer.start(service, 0, latency);
        var other = client(slow.endpoint())) {
      other.getItem(get -> get.tableName("tab").key(ITEM)).join();
      long start = System.nanoTime();
      CompletableFuture.allOf(
              IntStream.range(0, 23)
                  .mapToObj(i -> other.getItem(get -> get.tableName("tab").key(ITEM)))
                  .toArray(CompletableFuture<?>[]::new))
          .join();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(latency, latency.multipliedBy(15));
    }
  }
}
