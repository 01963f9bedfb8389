package dev.sluice;

import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.fault.Fault;
import dev.sluice.testkit.fault.FaultyHttpClient;
import dev.sluice.testkit.fault.RequestView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A writer on its own threads over DynamoDB Local, with a wire that can break. */
final class LocalWorker implements AutoCloseable {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /** The tables of one test. */
  record Tables(EmbeddedDynamoDb dynamo, String ledger, String plain, String sharded) {

    static Tables create(EmbeddedDynamoDb dynamo) {
      int number = NUMBERS.incrementAndGet();
      Tables tables =
          new Tables(dynamo, "ledger-" + number, "plain-" + number, "sharded-" + number);
      dynamo.createTable(tables.ledger, KeyAttribute.string("id"));
      dynamo.createTable(tables.plain, KeyAttribute.string("pk"), KeyAttribute.number("sk"));
      dynamo.createTable(tables.sharded, KeyAttribute.string("pk"));
      return tables;
    }

    List<Map<String, AttributeValue>> claims() {
      return dynamo.items(ledger);
    }
  }

  final FaultyHttpClient wire;
  final DynamoDbAsyncClient client;
  final IdempotentWriter writer;
  private final List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();

  private LocalWorker(
      Tables tables,
      Mode mode,
      FaultyHttpClient wire,
      UnaryOperator<IdempotentWriterBuilder> settings) {
    boolean keyed = mode == Mode.KEYED;
    this.wire = wire;
    this.client = tables.dynamo.clientBuilder().httpClient(wire).build();
    IdempotentWriterBuilder builder =
        IdempotentWriter.builder(client)
            .mode(mode)
            .table(Table.named(tables.plain))
            .table(
                Table.named(tables.sharded),
                keyed ? KeySharder.calculated(101) : KeySharder.random(101))
            // A busy machine is no fault: claims that it delays would end as replays.
            .requestTimeout(Duration.ofSeconds(15));
    if (!keyed) {
      builder.ledger(LedgerTable.named(tables.ledger).scope("test"));
    }
    this.writer = settings.apply(builder).build();
    wire.clearRequests();
  }

  static LocalWorker on(Tables tables) {
    return on(tables, UnaryOperator.identity());
  }

  static LocalWorker on(Tables tables, UnaryOperator<IdempotentWriterBuilder> settings) {
    return on(tables, Mode.LEDGER, settings);
  }

  static LocalWorker on(Tables tables, Mode mode, UnaryOperator<IdempotentWriterBuilder> settings) {
    return new LocalWorker(
        tables,
        mode,
        FaultyHttpClient.around(EmbeddedDynamoDb.httpClientBuilder().build()),
        settings);
  }

  /** The next requests of an operation that name a table get these faults, one each. */
  void failNext(String operation, String table, Fault... faults) {
    Queue<Fault> left = new ConcurrentLinkedQueue<>(List.of(faults));
    wire.always(
        request -> {
          Fault next = isOf(request, operation, table) ? left.poll() : null;
          return next == null ? Fault.none() : next;
        });
  }

  /** The requests of an operation that name a table. */
  List<RequestView> requests(String operation, String table) {
    return wire.requests().stream().filter(request -> isOf(request, operation, table)).toList();
  }

  private static boolean isOf(RequestView request, String operation, String table) {
    // In a statement the name is quoted within a string.
    return request.operation().equals(operation)
        && (request.body().contains('"' + table + '"')
            || request.body().contains('"' + table + "\\\""));
  }

  CompletableFuture<Outcome> write(String source, Write write) {
    CompletableFuture<Outcome> outcome =
        writer.write(new SourcePosition(source), write).toCompletableFuture();
    outcomes.add(outcome);
    return outcome;
  }

  void add(String source, Write write) {
    var unused = write(source, write);
  }

  void writeAll(int count, String source, IntFunction<Write> write) {
    for (int i = 0; i < count; i++) {
      add(source + "/" + i, write.apply(i));
    }
  }

  /** How each write ended, in the order of writing; a failure fails the test. */
  List<Outcome> outcomes() throws Exception {
    List<Outcome> ended = new ArrayList<>();
    for (CompletableFuture<Outcome> outcome : outcomes) {
      ended.add(outcome.get(60, TimeUnit.SECONDS));
    }
    return ended;
  }

  /** Closes as a process that dies: nothing is finished and nothing more is sent. */
  void die() {
    wire.crash();
    writer.close(Duration.ZERO);
  }

  @Override
  public void close() {
    writer.close(Duration.ofSeconds(20));
    client.close();
  }
}
