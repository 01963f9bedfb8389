package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.sluice.fake.FakeDynamoDb;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.SystemException;
import dev.sluice.model.Table;
import dev.sluice.pacing.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveResponse;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/** The start waits for what passes, and for nothing else, and never for longer than it may. */
@Timeout(30)
class StartTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Control client = new Control();
  private final MonotonicClock clock = new MonotonicClock();

  /** The control plane of a service: what is scripted for a table first, then that it is there. */
  private static final class Control implements DynamoDbAsyncClient {
    private final Map<String, Deque<Supplier<CompletableFuture<DescribeTableResponse>>>> script =
        new HashMap<>();
    private final Map<String, Integer> asked = new HashMap<>();
    private Supplier<CompletableFuture<DescribeTimeToLiveResponse>> expiry = () -> expiry(null);

    void next(String table, Supplier<CompletableFuture<DescribeTableResponse>> answer) {
      script.computeIfAbsent(table, name -> new ArrayDeque<>()).add(answer);
    }

    @Override
    public CompletableFuture<DescribeTableResponse> describeTable(DescribeTableRequest request) {
      String table = request.tableName();
      asked.merge(table, 1, Integer::sum);
      Deque<Supplier<CompletableFuture<DescribeTableResponse>>> scripted = script.get(table);
      return scripted == null || scripted.isEmpty()
          ? described(table, TableStatus.ACTIVE)
          : scripted.size() == 1 ? scripted.peek().get() : scripted.poll().get();
    }

    @Override
    public CompletableFuture<DescribeTimeToLiveResponse> describeTimeToLive(
        DescribeTimeToLiveRequest request) {
      return expiry.get();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private static CompletableFuture<DescribeTimeToLiveResponse> expiry(String attribute) {
    return CompletableFuture.completedFuture(
        DescribeTimeToLiveResponse.builder()
            .timeToLiveDescription(
                found ->
                    found
                        .attributeName(attribute)
                        .timeToLiveStatus(
                            attribute == null
                                ? TimeToLiveStatus.DISABLED
                                : TimeToLiveStatus.ENABLED))
            .build());
  }

  private static CompletableFuture<DescribeTableResponse> described(
      String table, TableStatus status) {
    String key = table.equals("ledger") ? "id" : "pk";
    return CompletableFuture.completedFuture(
        DescribeTableResponse.builder()
            .table(
                found ->
                    found
                        .tableName(table)
                        .tableStatus(status)
                        .keySchema(
                            KeySchemaElement.builder()
                                .attributeName(key)
                                .keyType(KeyType.HASH)
                                .build())
                        .attributeDefinitions(
                            AttributeDefinition.builder()
                                .attributeName(key)
                                .attributeType(ScalarAttributeType.S)
                                .build()))
            .build());
  }

  private static CompletableFuture<DescribeTableResponse> rejected(String code, int status) {
    return CompletableFuture.failedFuture(FakeDynamoDb.serviceError(code, status));
  }

  private static CompletableFuture<DescribeTableResponse> absent() {
    return CompletableFuture.failedFuture(ResourceNotFoundException.builder().build());
  }

  private IdempotentWriterBuilder builder() {
    return IdempotentWriter.builder(client)
        .ledger(LedgerTable.named("ledger").scope("test"))
        .table(Table.named("data"));
  }

  private static void build(IdempotentWriterBuilder builder) {
    builder.build().close();
  }

  private <E extends Throwable> void assertRejected(
      Class<E> kind, IdempotentWriterBuilder builder, Duration most, String... words) {
    Instant start = clock.instant();
    assertThatExceptionOfType(kind)
        .isThrownBy(builder::build)
        .satisfies(rejected -> assertThat(rejected.getMessage()).contains(words));
    assertThat(Duration.between(start, clock.instant())).isLessThan(most);
  }

  @AfterEach
  void noInterruptIsLeft() {
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void whatPassesIsWaitedFor() {
    for (String table : new String[] {"ledger", "data"}) {
      client.next(table, () -> rejected("ThrottlingException", 400));
      client.next(table, () -> rejected("LimitExceededException", 400));
      client.next(table, () -> rejected("InternalServerError", 500));
      client.next(table, () -> CompletableFuture.failedFuture(SdkClientException.create("reset")));
      client.next(
          table,
          () -> {
            throw SdkClientException.create("thrown and not returned");
          });
      client.next(table, () -> described(table, TableStatus.ACTIVE));
    }
    assertThatNoException().isThrownBy(() -> build(builder()));
    assertThat(client.asked).containsEntry("ledger", 6).containsEntry("data", 6);
  }

  @Test
  void aTableThatIsBeingCreatedIsWaitedFor() {
    for (String table : new String[] {"ledger", "data"}) {
      client.next(table, () -> described(table, TableStatus.CREATING));
      client.next(table, StartTest::absent);
      client.next(table, () -> described(table, TableStatus.CREATING));
      client.next(table, () -> described(table, TableStatus.ACTIVE));
    }
    assertThatNoException().isThrownBy(() -> build(builder()));
    assertThat(client.asked).containsEntry("ledger", 4).containsEntry("data", 4);
  }

  @Test
  void aTableWhoseKeysAreGivenIsWaitedForToo() {
    client.next("data", () -> described("data", TableStatus.CREATING));
    client.next("data", () -> described("data", TableStatus.ACTIVE));
    build(
        IdempotentWriter.builder(client)
            .mode(Mode.KEYED)
            .table(Table.named("data").keys(KeySchema.of("pk", ScalarAttributeType.S))));
    assertThat(client.asked).containsEntry("data", 2);
  }

  @Test
  void aTableThatChangesIsUsed() {
    client.next("data", () -> described("data", TableStatus.UPDATING));
    assertThatNoException().isThrownBy(() -> build(builder()));
  }

  @ParameterizedTest
  @EnumSource(
      value = TableStatus.class,
      names = {"DELETING", "INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ARCHIVING", "ARCHIVED"})
  void aTableThatTakesNoWritesIsRejectedByName(TableStatus status) {
    client.next("data", () -> described("data", status));
    assertRejected(
        ConfigurationException.class,
        builder(),
        Duration.ofSeconds(5),
        "'data'",
        status.toString());
    assertThat(client.asked).containsEntry("data", 1);
  }

  @Test
  void whatIsWaitedForLastIsSaidAtTheEnd() {
    client.next("data", () -> described("data", TableStatus.CREATING));
    assertRejected(
        SystemException.class,
        builder().startTimeout(SHORT),
        Duration.ofSeconds(5),
        "'data'",
        "CREATING",
        "PT0.3S",
        "startTimeout");
    client.next("ledger", () -> rejected("ThrottlingException", 400));
    assertRejected(
        SystemException.class,
        builder().startTimeout(SHORT),
        Duration.ofSeconds(5),
        "'ledger'",
        "ThrottlingException",
        "PT0.3S",
        "startTimeout");
  }

  @Test
  void aClientThatNeverAnswersEndsTheStartInTime() {
    client.next("ledger", CompletableFuture::new);
    assertRejected(
        SystemException.class,
        builder().startTimeout(SHORT),
        Duration.ofSeconds(5),
        "'ledger'",
        "PT0.3S");
  }

  @Test
  void whatDoesNotPassEndsTheStartAtOnce() {
    client.next("ledger", StartTest::absent);
    assertRejected(
        ConfigurationException.class, builder(), Duration.ofSeconds(5), "no table 'ledger'");
    client.script.clear();
    client.next("data", () -> rejected("AccessDeniedException", 400));
    assertRejected(
        SystemException.class,
        builder(),
        Duration.ofSeconds(5),
        "'data'",
        "AccessDeniedException",
        "dynamodb:DescribeTable");
    assertThat(client.asked).containsEntry("ledger", 2).containsEntry("data", 1);
  }

  @Test
  void keysThatAreGivenNeedNoPermissionToDescribe() {
    client.next("data", () -> rejected("AccessDeniedException", 400));
    assertThatNoException()
        .isThrownBy(
            () ->
                build(
                    IdempotentWriter.builder(client)
                        .mode(Mode.KEYED)
                        .table(
                            Table.named("data").keys(KeySchema.of("pk", ScalarAttributeType.S)))));
  }

  @Test
  void anInterruptEndsTheStart() {
    client.next("ledger", () -> rejected("ThrottlingException", 400));
    Thread.currentThread().interrupt();
    assertRejected(SystemException.class, builder(), Duration.ofSeconds(5), "Interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void howItemsExpireIsAskedInVain() {
    client.expiry =
        () -> {
          throw new UnsupportedOperationException();
        };
    assertThatNoException().isThrownBy(() -> build(builder()));
    client.expiry =
        () ->
            CompletableFuture.failedFuture(FakeDynamoDb.serviceError("AccessDeniedException", 400));
    assertThatNoException().isThrownBy(() -> build(builder()));
  }

  @Test
  void anExpiryThatIsNotDeclaredIsWarnedAboutOnce() {
    client.expiry = () -> expiry("until");
    try (CapturedLog log = CapturedLog.start()) {
      build(builder());
      assertThat(log.lines("Table data")).hasSize(1).first().asString().contains("'until'");
    }
    try (CapturedLog log = CapturedLog.start()) {
      build(
          IdempotentWriter.builder(client)
              .mode(Mode.KEYED)
              .table(Table.named("data").expiresBy("other")));
      assertThat(log.lines("Table data")).hasSize(1).first().asString().contains("'other'");
    }
    try (CapturedLog log = CapturedLog.start()) {
      build(
          IdempotentWriter.builder(client)
              .mode(Mode.KEYED)
              .table(Table.named("data").expiresBy("until")));
      assertThat(log.lines("Table data")).isEmpty();
    }
  }
}
