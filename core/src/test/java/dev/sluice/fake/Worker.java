package dev.sluice.fake;

import dev.sluice.IdempotentWriter;
import dev.sluice.IdempotentWriterBuilder;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A writer in virtual time over a fake DynamoDB, with what became of its writes. */
public final class Worker {
  public static final String LEDGER = "ledger";
  public static final String PLAIN = "plain";
  public static final String SHARDED = "sharded";
  public static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(30);
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

  /** What a writer is told beside what all are told. */
  public interface Settings {
    IdempotentWriterBuilder apply(IdempotentWriterBuilder builder, InstantSource clock);
  }

  /** How a write ended, if it has. */
  public static final class Ended implements WriteListener {
    public @Nullable Outcome outcome;
    public @Nullable SluiceException failure;
    public int times;

    @Override
    public void completed(Outcome result) {
      outcome = result;
      times++;
    }

    @Override
    public void failed(SluiceException thrown) {
      failure = thrown;
      times++;
    }

    public boolean hasEnded() {
      return times > 0;
    }
  }

  public final VirtualTime time;
  public final FakeDynamoDb dynamo;
  public final IdempotentWriter writer;
  public final List<Ended> ended = new ArrayList<>();

  private final Settings settings;

  private final Mode mode;

  private Worker(Mode mode, VirtualTime time, FakeDynamoDb dynamo, Settings settings) {
    this.mode = mode;
    this.settings = settings;
    this.time = time;
    this.dynamo = dynamo;
    boolean keyed = mode == Mode.KEYED;
    IdempotentWriterBuilder builder =
        IdempotentWriter.builder(dynamo)
            .mode(mode)
            .table(
                Table.named(PLAIN)
                    .keys(
                        KeySchema.of("pk", ScalarAttributeType.S)
                            .sortedBy("sk", ScalarAttributeType.N)
                            .indexedBy("customer", ScalarAttributeType.S)))
            .table(
                Table.named(SHARDED)
                    .keys(
                        KeySchema.of("pk", ScalarAttributeType.S)
                            .indexedBy("customer", ScalarAttributeType.S)),
                keyed ? KeySharder.calculated(1000) : KeySharder.random(1000))
            .withoutTableCheck()
            .requestTimeout(REQUEST_TIMEOUT)
            .deliveryTimeout(DELIVERY_TIMEOUT)
            .clock(time.clock())
            .random(time.random())
            .scheduler(time.scheduler())
            .requestExecutor(time.scheduler())
            .callbackExecutor(time.serialExecutor());
    if (!keyed) {
      builder.ledger(LedgerTable.named(LEDGER).scope("test"));
    }
    this.writer = settings.apply(builder, time.clock()).build();
  }

  public static Worker seeded(long seed) {
    return seeded(seed, UnaryOperator.identity());
  }

  public static Worker seeded(long seed, UnaryOperator<IdempotentWriterBuilder> settings) {
    return seeded(Mode.LEDGER, seed, settings);
  }

  public static Worker seeded(
      Mode mode, long seed, UnaryOperator<IdempotentWriterBuilder> settings) {
    return timed(mode, seed, (builder, clock) -> settings.apply(builder));
  }

  /** With settings that need the clock. */
  public static Worker timed(Mode mode, long seed, Settings settings) {
    VirtualTime time = VirtualTime.seeded(seed);
    FakeDynamoDb dynamo =
        new FakeDynamoDb(time.scheduler(), time.clock())
            .table(LEDGER, KeyAttribute.string("id"))
            .table(PLAIN, KeyAttribute.string("pk"), KeyAttribute.number("sk"))
            .table(SHARDED, KeyAttribute.string("pk"));
    return new Worker(mode, time, dynamo, settings);
  }

  /** Another process on the same tables. */
  public Worker another() {
    return new Worker(mode, time, dynamo.another(), settings);
  }

  public Ended write(String source, Write write) {
    return write(new SourcePosition(source), write);
  }

  public Ended write(SourcePosition source, Write write) {
    Ended listener = new Ended();
    ended.add(listener);
    if (!writer.tryWrite(source, write, listener)) {
      throw new AssertionError("the buffer is full");
    }
    return listener;
  }

  /** Writes and waits for the end. */
  public Ended writeAndWait(String source, Write write) {
    return writeAndWait(new SourcePosition(source), write);
  }

  /** Writes and waits for the end. */
  public Ended writeAndWait(SourcePosition source, Write write) {
    Ended listener = write(source, write);
    await();
    return listener;
  }

  /** Closes on a thread of its own, since closing waits, and lets the time pass. */
  public void closeInVirtualTime(Duration timeout) {
    Thread closing = new Thread(() -> writer.close(timeout));
    closing.start();
    while (closing.isAlive()) {
      time.advance(Duration.ofMillis(10));
      Thread.onSpinWait();
    }
  }

  public void await() {
    time.runUntil(() -> ended.stream().allMatch(Ended::hasEnded), Duration.ofMinutes(5));
  }

  public static Map<String, AttributeValue> item(String pk, int sk, String value) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("pk", AttributeValue.fromS(pk));
    item.put("sk", AttributeValue.fromN(Integer.toString(sk)));
    item.put("value", AttributeValue.fromS(value));
    return item;
  }

  public static Map<String, AttributeValue> item(String pk, String value) {
    return Map.of("pk", AttributeValue.fromS(pk), "value", AttributeValue.fromS(value));
  }

  public static Map<String, AttributeValue> key(String pk, int sk) {
    return Map.of("pk", AttributeValue.fromS(pk), "sk", AttributeValue.fromN("" + sk));
  }
}
