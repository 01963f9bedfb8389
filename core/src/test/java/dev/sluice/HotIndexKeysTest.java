package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.pacing.MonotonicClock;
import dev.sluice.request.ServiceTime;
import dev.sluice.request.StartTime;
import dev.sluice.request.TableDescription;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.client.Latency;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.throughput.Throughput;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** B26: a hot key of an index is slowed by itself, and not its table. */
class HotIndexKeysTest {
  private static final String LEDGER = "ledger";
  private static final String DATA = "orders";
  private static final String INDEX = "by-customer";
  private static final int TICKS_A_SECOND = 100;

  private final VirtualTime time = VirtualTime.seeded(7);
  private final SimulatedDynamoDb service = SimulatedDynamoDb.create();
  private final SimulatedDynamoDbClient client =
      new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), time.random());

  @SuppressWarnings("unchecked") // The SDK's varargs of consumers.
  HotIndexKeysTest() {
    service.createTable(LEDGER, KeyAttribute.string(LedgerTable.PARTITION_KEY));
    service.createTable(
        CreateTableRequest.builder()
            .tableName(DATA)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(string("id"), string("customer"))
            .keySchema(id -> id.attributeName("id").keyType(KeyType.HASH))
            .globalSecondaryIndexes(
                index ->
                    index
                        .indexName(INDEX)
                        .keySchema(key -> key.attributeName("customer").keyType(KeyType.HASH))
                        .projection(keys -> keys.projectionType(ProjectionType.KEYS_ONLY)))
            .build());
    service.limit(
        DATA, INDEX, Throughput.onDemand(53).withBurst(Duration.ofSeconds(1)), time.now());
    client.mishaps(Mishaps.none().latency(Latency.fixed(Duration.ofMillis(5))));
  }

  private static AttributeDefinition string(String name) {
    return AttributeDefinition.builder().attributeName(name).attributeType("S").build();
  }

  private IdempotentWriter writer(Mode mode, KeySchema keys) {
    IdempotentWriterBuilder builder =
        IdempotentWriter.builder(client)
            .mode(mode)
            .table(Table.named(DATA).keys(keys))
            .withoutTableCheck()
            .maxBufferedItems(4_001)
            .deliveryTimeout(Duration.ofMinutes(10))
            .clock(time.clock())
            .random(time.random())
            .scheduler(time.scheduler())
            .requestExecutor(time.scheduler())
            .callbackExecutor(time.serialExecutor());
    if (mode != Mode.KEYED) {
      builder.ledger(LedgerTable.named(LEDGER).scope("test"));
    }
    return builder.build();
  }

  private static KeySchema keys() {
    return KeySchema.of("id", ScalarAttributeType.S)
        .indexedBy(INDEX, "customer", ScalarAttributeType.S);
  }

  /** Writes of one kind, and how many have been made. */
  private static final class Load implements WriteListener {
    private final IdempotentWriter writer;
    private final String name;
    private int offered;
    private int applied;

    Load(IdempotentWriter writer, String name) {
      this.writer = writer;
      this.name = name;
    }

    boolean offer(String customer) {
      Map<String, AttributeValue> item = new HashMap<>();
      item.put("id", AttributeValue.fromS(name + offered));
      if (!customer.isEmpty()) {
        item.put("customer", AttributeValue.fromS(customer));
      }
      boolean taken =
          writer.tryWrite(
              SourcePosition.of(name, 0, offered),
              Write.event(name + offered).put(DATA, item),
              this);
      offered += taken ? 1 : 0;
      return taken;
    }

    @Override
    public void completed(Outcome outcome) {
      applied++;
    }

    @Override
    public void failed(SluiceException failure) {
      throw failure;
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aHotKeyOfAnIndexHoldsBackItselfAlone(Mode mode) {
    IdempotentWriter writer = writer(mode, keys());
    Load hot = new Load(writer, "hot");
    Load others = new Load(writer, "other");
    Load outside = new Load(writer, "outside");
    int before = 0;
    for (int tick = 0; tick < 30 * TICKS_A_SECOND; tick++) {
      for (int i = 0; i < 30; i++) {
        boolean unused = hot.offer("big");
      }
      for (int i = 0; i < 3; i++) {
        assertThat(others.offer("c" + others.offered % 997)).isTrue();
        assertThat(outside.offer("")).isTrue();
      }
      time.advance(Duration.ofMillis(10));
      if (tick == 10 * TICKS_A_SECOND) {
        before = others.applied + outside.applied;
      }
    }

    assertThat(writer.hotKeys())
        .anySatisfy(
            key -> {
              assertThat(key.index()).isEqualTo(INDEX);
              assertThat(key.partitionKey().s()).isEqualTo("big");
            });
    assertThat(writer.hotKeys().toString()).contains(DATA + "/" + INDEX).doesNotContain("big");
    assertThat(others.applied + outside.applied - before).isGreaterThan((int) (0.95 * 20 * 600));
    double throttled = service.usage(DATA).throttledWriteUnits();
    assertThat(throttled).isLessThan(0.1 * service.usage(DATA).writeUnits());
    // A partition takes 1,000 units a second: half of that in transactions is of the data.
    assertThat(hot.applied).isGreaterThan(mode == Mode.TRANSACTIONAL ? 10_000 : 20_000);
    time.advance(Duration.ofSeconds(60));
    assertThat(hot.applied).isEqualTo(hot.offered);
    time.advance(Duration.ofSeconds(15));
    assertThat(writer.hotKeys()).isEmpty();
  }

  /** Answers at once, as whoever builds a writer waits for it. */
  private final class Describing implements DynamoDbAsyncClient {
    @Override
    public CompletableFuture<DescribeTableResponse> describeTable(DescribeTableRequest request) {
      return CompletableFuture.completedFuture(
          (DescribeTableResponse) service.execute(request, time.now()));
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @Test
  void theKeysOfIndexesAreReadFromTheTable() {
    StartTime start = new StartDeadline(Duration.ofSeconds(5), new MonotonicClock(), time.random());
    KeySchema found =
        new TableDescription(new Describing(), start, new ServiceTime(time.clock())).keysOf(DATA);

    assertThat(found.indexes()).isEqualTo(Map.of(INDEX, "customer"));
    assertThat(found.types()).containsOnlyKeys("id", "customer");
  }
}
