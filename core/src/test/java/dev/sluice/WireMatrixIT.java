package dev.sluice;

import static dev.sluice.fake.Worker.item;
import static dev.sluice.fake.Worker.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.LocalWorker.Tables;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.fault.Fault;
import dev.sluice.testkit.fault.RequestView;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Every request that the writer sends, broken in every way, before the service has applied it and
 * after: each time every event is there once.
 */
@Timeout(60)
@ExtendWith(EmbeddedServers.class)
class WireMatrixIT {
  private static final int EVENTS = 3;
  private static final Duration REQUEST_TIMEOUT = Duration.ofMillis(700);
  private static final AtomicInteger CASES = new AtomicInteger();

  /** A request: the first of its operation that names the table. */
  enum Sent {
    CLAIM("PutItem", Tables::ledger),
    CLAIMS("BatchExecuteStatement", Tables::ledger),
    READ_CLAIMS("BatchGetItem", Tables::ledger),
    CREATE("PutItem", Tables::sharded),
    PUT_IF_NEWER("PutItem", Tables::plain),
    DELETE_IF_NEWER("PutItem", Tables::plain),
    CREATES("BatchExecuteStatement", Tables::sharded),
    PUT("BatchWriteItem", Tables::sharded),
    PUTS("BatchWriteItem", Tables::sharded),
    DELETES("BatchWriteItem", Tables::plain),
    REPLAY("PutItem", Tables::ledger),
    RELEASE("DeleteItem", Tables::ledger),
    KEYED_CREATE("PutItem", Tables::sharded),
    KEYED_CREATES("BatchExecuteStatement", Tables::sharded),
    KEYED_PUTS("BatchWriteItem", Tables::sharded),
    KEYED_PUT_IF_NEWER("PutItem", Tables::plain),
    TRANSACTION("TransactWriteItems", Tables::ledger),
    TRANSACTION_OF_SEVERAL("TransactWriteItems", Tables::ledger);

    private static final Set<Sent> OF_SEVERAL =
        EnumSet.of(
            CLAIMS,
            READ_CLAIMS,
            CREATES,
            PUTS,
            DELETES,
            KEYED_CREATES,
            KEYED_PUTS,
            TRANSACTION_OF_SEVERAL);

    final String operation;

    @SuppressWarnings("ImmutableEnumChecker")
    final Function<Tables, String> table;

    Sent(String operation, Function<Tables, String> table) {
      this.operation = operation;
      this.table = table;
    }

    int events() {
      return OF_SEVERAL.contains(this) ? EVENTS : 1;
    }

    Mode mode() {
      if (name().startsWith("KEYED")) {
        return Mode.KEYED;
      }
      return name().startsWith("TRANSACTION") ? Mode.TRANSACTIONAL : Mode.LEDGER;
    }

    int claims() {
      return this == RELEASE || mode() == Mode.KEYED ? 0 : events();
    }
  }

  /** A way of breaking. */
  enum Break {
    RESET(Fault.failBeforeSending(), Fault.loseReply()),
    TIMEOUT(Fault.swallowRequest(), Fault.swallowReply()),
    STATUS_500(
        Fault.internalServerError(),
        Fault.errorAfterApplying(500, "InternalServerError", "forged: internal error")),
    STATUS_503(
        Fault.serviceUnavailable(), Fault.replyAfterApplying(503, "<html>forged: gone</html>")),
    THROTTLE(
        Fault.throttle(),
        Fault.errorAfterApplying(400, "ThrottlingException", "forged: slow down")),
    MALFORMED(Fault.reply(200, "{\"Attributes\": {"), Fault.replyAfterApplying(200, "{\"Resp"));

    // Faults hold no state, but their interface cannot say so.
    @SuppressWarnings("ImmutableEnumChecker")
    final Fault before;

    @SuppressWarnings("ImmutableEnumChecker")
    final Fault after;

    Break(Fault before, Fault after) {
      this.before = before;
      this.after = after;
    }
  }

  private final Tables tables;
  private final String run = "case" + CASES.incrementAndGet() + '-';

  WireMatrixIT(EmbeddedDynamoDb dynamo) {
    this.tables = Tables.create(dynamo);
  }

  static Stream<Arguments> matrix() {
    return Arrays.stream(Sent.values())
        .flatMap(
            sent ->
                Arrays.stream(Break.values())
                    .flatMap(
                        each ->
                            Stream.of(
                                arguments(sent, each, "before", each.before),
                                arguments(sent, each, "after", each.after))));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("matrix")
  void everyEventIsThereOnce(Sent sent, Break how, String when, Fault fault) throws Exception {
    try (LocalWorker worker = worker(sent)) {
      prepare(sent, worker);
      String table = sent.table.apply(tables);
      worker.failNext(sent.operation, table, fault);
      worker.wire.clearRequests();
      for (int i = 0; i < sent.events(); i++) {
        worker.add(source(i), write(sent, i));
      }
      assertThat(worker.outcomes())
          .hasOnlyElementsOfTypes(Outcome.Applied.class, Outcome.Replayed.class);
      if (sent == Sent.RELEASE) {
        release(worker);
      }
      assertThat(repetitions(sent, worker))
          .as("the broken request and its repetition")
          .hasSizeGreaterThan(1);
    }
    assertThat(claims()).hasSize(sent.claims());
    assertOnce(sent);
  }

  private List<RequestView> repetitions(Sent sent, LocalWorker worker) {
    String table = sent.table.apply(tables);
    List<RequestView> requests = new ArrayList<>(worker.requests(sent.operation, table));
    assertThat(requests).as("the broken request").isNotEmpty();
    if (sent == Sent.CLAIMS || sent == Sent.READ_CLAIMS) {
      // What is left of the batch may go on as conditional puts. The first event's own, which went
      // out before there was a batch, is none of those.
      RequestView broken = requests.get(0);
      worker.requests("PutItem", table).stream()
          .filter(put -> sharesAnEvent(put, broken))
          .forEach(requests::add);
    }
    return requests;
  }

  private boolean sharesAnEvent(RequestView one, RequestView other) {
    return IntStream.range(0, EVENTS)
        .mapToObj(i -> '#' + run + i + '"')
        .anyMatch(id -> one.body().contains(id) && other.body().contains(id));
  }

  private LocalWorker worker(Sent sent) {
    return LocalWorker.on(
        tables,
        sent.mode(),
        b ->
            b.requestTimeout(REQUEST_TIMEOUT)
                .claimMemory(0)
                .maxTransactionEvents(sent.mode() == Mode.TRANSACTIONAL ? sent.events() : 1)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20)));
  }

  private String source(int i) {
    return "t/" + run + '/' + i;
  }

  private void prepare(Sent sent, LocalWorker worker) throws Exception {
    if (sent == Sent.DELETES) {
      for (int i = 0; i < EVENTS; i++) {
        put(item(run + i, 1, "doomed"));
      }
    } else if (sent == Sent.REPLAY || sent == Sent.READ_CLAIMS) {
      for (int i = 0; i < sent.events(); i++) {
        worker.add(source(i), write(sent, i));
      }
      assertThat(worker.outcomes()).hasOnlyElementsOfTypes(Outcome.Applied.class);
    }
  }

  private void put(Map<String, AttributeValue> item) {
    var unused =
        tables.dynamo().client().putItem(put -> put.tableName(tables.plain()).item(item)).join();
  }

  private Write write(Sent sent, int i) {
    Write write = Write.event(run + i);
    return switch (sent) {
      case CLAIM, CLAIMS, READ_CLAIMS, PUT, PUTS, KEYED_PUTS, REPLAY, RELEASE ->
          write.put(tables.sharded(), item(run + i, "v" + i));
      case CREATE, CREATES, KEYED_CREATE, KEYED_CREATES ->
          write.create(tables.sharded(), item(run + i, "v" + i));
      case PUT_IF_NEWER, KEYED_PUT_IF_NEWER ->
          write.putIfNewer(tables.plain(), item(run + i, 1, "v" + i), 7);
      case DELETE_IF_NEWER -> write.deleteIfNewer(tables.plain(), key(run + i, 1), 7);
      case DELETES -> write.delete(tables.plain(), key(run + i, 1));
      case TRANSACTION, TRANSACTION_OF_SEVERAL ->
          write
              .create(tables.sharded(), item(run + i, "v" + i))
              .update(
                  tables.plain(),
                  key(run + i, 1),
                  "ADD #count :one",
                  Map.of("#count", "count"),
                  Map.of(":one", AttributeValue.fromN("1")));
    };
  }

  private void release(LocalWorker worker) throws Exception {
    var unused =
        worker
            .writer
            .release(new SourcePosition(source(0)), run + 0)
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
  }

  private void assertOnce(Sent sent) {
    List<Map<String, AttributeValue>> plain = mine(tables.plain(), "pk");
    List<Map<String, AttributeValue>> sharded = mine(tables.sharded(), "pk");
    switch (sent) {
      case PUT_IF_NEWER, DELETE_IF_NEWER, KEYED_PUT_IF_NEWER -> {
        assertThat(plain).hasSize(1);
        assertThat(plain.get(0).get("version").n()).isEqualTo("7");
      }
      case DELETES -> assertThat(plain).isEmpty();
      case TRANSACTION, TRANSACTION_OF_SEVERAL -> {
        assertThat(plain)
            .hasSize(sent.events())
            .allSatisfy(item -> assertThat(item.get("count").n()).isEqualTo("1"));
        assertThat(sharded).hasSize(sent.events());
      }
      default -> {
        List<String> values = new ArrayList<>();
        sharded.forEach(item -> values.add(item.get("value").s()));
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < sent.events(); i++) {
          expected.add("v" + i);
        }
        assertThat(values).containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }

  private List<Map<String, AttributeValue>> claims() {
    return mine(tables.ledger(), "id");
  }

  private List<Map<String, AttributeValue>> mine(String table, String key) {
    return tables.dynamo().items(table).stream()
        .filter(item -> item.get(key).s().contains(run))
        .toList();
  }
}
