package dev.sluice.fake;

import dev.sluice.IdempotentWriter;
import dev.sluice.IdempotentWriterBuilder;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.client.MeddlingProxy;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;

/** Processes over one simulated service, each with a clock that can be set. */
public final class Cluster {
  public static final String LEDGER = "ledger";
  public static final String DATA = "data";
  public static final String UNTIL = "until";

  public final VirtualTime time;
  public final SimulatedDynamoDb service;
  private final List<Ended> ended = new ArrayList<>();

  public Cluster(long seed) {
    time = VirtualTime.seeded(seed);
    service = SimulatedDynamoDb.create();
    service.createTable(LEDGER, KeyAttribute.string("id"));
    service.createTable(DATA, KeyAttribute.string("pk"));
    var unused =
        service.execute(
            UpdateTimeToLiveRequest.builder()
                .tableName(DATA)
                .timeToLiveSpecification(expiry -> expiry.attributeName(UNTIL).enabled(true))
                .build(),
            time.now());
  }

  /** A process. */
  public final class Member {
    /** How far its clock is off. */
    public Duration off;

    public final SimulatedDynamoDbClient client;
    public final Deque<MeddlingProxy.Meddling> meddling = new ArrayDeque<>();
    public final IdempotentWriter writer;

    private Member(Mode mode, Duration off, Worker.Settings settings) {
      this.off = off;
      this.client =
          new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), time.random());
      IdempotentWriterBuilder builder =
          IdempotentWriter.builder(new MeddlingProxy(client, time.clock(), meddling::poll))
              .mode(mode)
              .table(
                  Table.named(DATA)
                      .keys(KeySchema.of("pk", ScalarAttributeType.S))
                      .expiresBy(UNTIL))
              .withoutTableCheck()
              .claimMemory(0)
              .requestTimeout(Worker.REQUEST_TIMEOUT)
              .deliveryTimeout(Worker.DELIVERY_TIMEOUT)
              .clock(this::now)
              .random(time.random())
              .scheduler(time.scheduler())
              .requestExecutor(time.scheduler())
              .callbackExecutor(time.serialExecutor());
      if (mode != Mode.KEYED) {
        builder.ledger(LedgerTable.named(LEDGER).scope("test"));
      }
      this.writer = settings.apply(builder, time.clock()).build();
    }

    private Instant now() {
      return time.now().plus(off);
    }

    public Ended write(String source, Write write) {
      Ended listener = new Ended();
      ended.add(listener);
      if (!writer.tryWrite(new SourcePosition(source), write, listener)) {
        throw new AssertionError("the buffer is full");
      }
      return listener;
    }

    public Ended writeAndWait(String source, Write write) {
      Ended listener = write(source, write);
      await();
      return listener;
    }
  }

  public Member process(Mode mode) {
    return process(mode, Duration.ZERO);
  }

  public Member process(Mode mode, Duration off) {
    return process(mode, off, (builder, clock) -> builder);
  }

  public Member process(Mode mode, Duration off, Worker.Settings settings) {
    return new Member(mode, off, settings);
  }

  public void await() {
    time.runUntil(() -> ended.stream().allMatch(Ended::hasEnded), Duration.ofMinutes(5));
  }

  public void put(Map<String, AttributeValue> item) {
    var unused =
        service.execute(PutItemRequest.builder().tableName(DATA).item(item).build(), time.now());
  }

  /** What the service's TTL does, days late. */
  public int expire() {
    return service.expire(DATA, time.now());
  }

  /** The only item of the table, or null. */
  public @Nullable Map<String, AttributeValue> onlyItem() {
    List<Map<String, AttributeValue>> items = service.items(DATA);
    if (items.size() > 1) {
      throw new AssertionError(items);
    }
    return items.isEmpty() ? null : items.get(0);
  }

  public static Map<String, AttributeValue> item(String pk, String value) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("pk", AttributeValue.fromS(pk));
    item.put("value", AttributeValue.fromS(value));
    return item;
  }

  /** An item that expires so long from now. */
  public Map<String, AttributeValue> expiring(String pk, String value, Duration in) {
    Map<String, AttributeValue> item = item(pk, value);
    item.put(UNTIL, AttributeValue.fromN(Long.toString(time.now().plus(in).getEpochSecond())));
    return item;
  }
}
