package dev.sluice;

import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb;
import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Bugs of other batch writers, which this one is immune to; docs/pitfalls.md lists them. */
class BatchPitfallsTest {
  private static final int MAX_REQUEST_BYTES = 16 * 1024 * 1024;

  private static Worker keyed(UnaryOperator<IdempotentWriterBuilder> settings) {
    return Worker.seeded(Mode.KEYED, 7, settings);
  }

  private static Write put(int i, String value) {
    return Write.event("e" + i + "-" + value.hashCode()).put(PLAIN, item("k" + i, 1, value));
  }

  private static List<BatchWriteItemRequest> batches(Worker worker) {
    return worker.dynamo.sent("BatchWriteItem").stream()
        .map(BatchWriteItemRequest.class::cast)
        .toList();
  }

  private static List<Map<String, AttributeValue>> items(BatchWriteItemRequest batch) {
    return batch.requestItems().values().stream()
        .flatMap(List::stream)
        .map(write -> write.putRequest().item())
        .toList();
  }

  private static void assertAllApplied(Worker worker) {
    assertThat(worker.ended)
        .allSatisfy(
            write -> {
              assertThat(write.times).isEqualTo(1);
              assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
            });
  }

  @Test
  @DisplayName("B2: what was left unprocessed is not put over what came after it")
  void anOlderPutThatWasLeftDoesNotOverwriteANewerOne() {
    Worker worker = keyed(settings -> settings);
    worker.dynamo.next("BatchWriteItem", new Fate.Partly(0));
    worker.dynamo.next("BatchWriteItem", new Fate.Partly(0));
    worker.write("t/0/1", put(1, "old"));
    worker.time.advance(Duration.ofMillis(7));
    // The old one waits for its retry now, and nothing else is under way.
    assertThat(batches(worker)).hasSize(1);
    worker.write("t/0/2", put(1, "new"));
    for (int i = 2; i < 31; i++) {
      worker.write("t/0/" + (i + 1), put(i, "other"));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(worker.dynamo.items(PLAIN)).contains(item("k1", 1, "new"));
    assertThat(
            batches(worker).stream()
                .flatMap(batch -> items(batch).stream())
                .filter(item -> item.get("pk").s().equals("k1"))
                .map(item -> item.get("value").s())
                .toList())
        .endsWith("old", "new")
        .doesNotContainSequence("new", "old");
  }

  @Test
  @DisplayName("B4: a key that comes again does not spoil the batch of its neighbours")
  void noRequestHoldsOneKeyTwice() {
    Worker worker = keyed(settings -> settings);
    for (int i = 0; i < 101; i++) {
      worker.write("t/0/" + i, put(i % 13, "v" + i));
    }
    worker.await();

    assertAllApplied(worker);
    for (BatchWriteItemRequest batch : batches(worker)) {
      List<AttributeValue> keys = items(batch).stream().map(item -> item.get("pk")).toList();
      assertThat(keys).doesNotHaveDuplicates();
    }
    assertThat(worker.dynamo.items(PLAIN))
        .hasSize(13)
        .allSatisfy(
            item -> {
              int last = Integer.parseInt(item.get("value").s().substring(1));
              assertThat(last).isBetween(101 - 13, 100);
            });
  }

  @Test
  @DisplayName("B5: a batch that gets on is not held back as one that fails")
  void progressIsNoFailedAttempt() {
    Worker worker = keyed(settings -> settings.maxInFlightRequests(1));
    worker.dynamo.always("BatchWriteItem", new Fate.Partly(1));
    for (int i = 0; i < 25; i++) {
      worker.write("t/0/" + i, put(i, "v"));
    }
    // If the backoff doubled with each of them, the last would go out after minutes.
    worker.time.advance(Duration.ofSeconds(3));

    assertAllApplied(worker);
    // One item each, and some backoff before each: neither a hot loop nor a standstill.
    assertThat(batches(worker)).hasSizeBetween(25, 29);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(25);
  }

  /** Leaves the first batch whole, in another order, and with other contents than it was given. */
  private record Garbling(FakeDynamoDb service, List<BatchWriteItemRequest> garbled)
      implements DynamoDbAsyncClient {
    @Override
    public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
      if (!garbled.isEmpty()) {
        return service.batchWriteItem(request);
      }
      garbled.add(request);
      List<WriteRequest> left = new ArrayList<>();
      for (Map<String, AttributeValue> item : items(request)) {
        Map<String, AttributeValue> other = item(item.get("pk").s(), 1, "the service's");
        left.add(WriteRequest.builder().putRequest(put -> put.item(other)).build());
      }
      Collections.reverse(left);
      return CompletableFuture.completedFuture(
          BatchWriteItemResponse.builder().unprocessedItems(Map.of(PLAIN, left)).build());
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  @Test
  @DisplayName("B6: our own items are sent again, not those that the service gives back")
  void whatIsLeftIsSentAgainAsItWasOurs() {
    VirtualTime time = VirtualTime.seeded(7);
    FakeDynamoDb service =
        new FakeDynamoDb(time.scheduler(), time.clock())
            .table(PLAIN, KeyAttribute.string("pk"), KeyAttribute.number("sk"));
    Garbling client = new Garbling(service, new ArrayList<>());
    IdempotentWriter writer =
        IdempotentWriter.builder(client)
            .mode(Mode.KEYED)
            .table(
                Table.named(PLAIN)
                    .keys(
                        KeySchema.of("pk", ScalarAttributeType.S)
                            .sortedBy("sk", ScalarAttributeType.N)))
            .withoutTableCheck()
            .clock(time.clock())
            .random(time.random())
            .scheduler(time.scheduler())
            .requestExecutor(time.scheduler())
            .callbackExecutor(time.serialExecutor())
            .build();
    List<Ended> ended = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      Ended listener = new Ended();
      ended.add(listener);
      assertThat(writer.tryWrite(new SourcePosition("t/0/" + i), put(i, "v" + i), listener))
          .isTrue();
    }
    time.runUntil(() -> ended.stream().allMatch(Ended::hasEnded), Duration.ofMinutes(1));

    assertThat(client.garbled).hasSize(1);
    assertThat(service.items(PLAIN))
        .hasSize(7)
        .allSatisfy(
            item ->
                assertThat(item.get("value").s()).isEqualTo("v" + item.get("pk").s().substring(1)));
  }

  @Test
  @DisplayName("B7: a request that has timed out still reads what it was given")
  void whatARequestHoldsIsNotUsedAgain() {
    Worker worker = keyed(settings -> settings);
    worker.dynamo.next("BatchWriteItem", new Fate.NeverAnswered(false));
    Map<String, AttributeValue> mine = item("k0", 1, "v0");
    worker.write("t/0/0", Write.event("e0").put(PLAIN, mine));
    // Neither do changes of the caller's get into it.
    mine.put("value", AttributeValue.fromS("changed"));
    worker.time.advance(Duration.ofMillis(1));
    BatchWriteItemRequest timedOut = batches(worker).get(0);
    List<Map<String, AttributeValue>> before = List.copyOf(items(timedOut));
    for (int i = 1; i < 53; i++) {
      worker.write("t/0/" + i, put(i, "v" + i));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(items(timedOut)).isEqualTo(before).containsExactly(item("k0", 1, "v0"));
    assertThat(worker.dynamo.items(PLAIN)).hasSize(53).contains(item("k0", 1, "v0"));
  }

  @Test
  @DisplayName("B8: the timer of a batch that went out full does not shrink the next one")
  void aFullBatchTakesItsTimerWithIt() {
    Worker worker = keyed(settings -> settings.linger(Duration.ofMillis(11)));
    // Something is under way all the time, or an idle writer would not wait at all.
    worker.dynamo.next("BatchWriteItem", new Fate.Late(500));
    worker.write("t/0/0", put(0, "v"));
    worker.time.advance(Duration.ofMillis(1));
    worker.dynamo.next("BatchWriteItem", new Fate.Late(500));
    for (int i = 1; i <= 25; i++) {
      worker.write("t/0/" + i, put(i, "v"));
    }
    worker.time.advance(Duration.ofMillis(7));
    assertThat(batches(worker)).hasSize(2);

    worker.write("t/0/26", put(26, "v"));
    worker.time.advance(Duration.ofMillis(10));
    assertThat(batches(worker)).hasSize(2);
    worker.write("t/0/27", put(27, "v"));
    worker.time.advance(Duration.ofMillis(2));
    assertThat(batches(worker)).hasSize(3);
    assertThat(items(batches(worker).get(2))).hasSize(2);
    worker.await();

    assertAllApplied(worker);
  }

  @Test
  @DisplayName("B10: listeners run on their executor only, and hold up nothing")
  void aCallbackThatNeverRunsHoldsUpNoRequest() {
    Queue<Runnable> callbacks = new ArrayDeque<>();
    Worker worker = keyed(settings -> settings.callbackExecutor(callbacks::add));
    for (int i = 0; i < 53; i++) {
      worker.write("t/0/" + i, put(i, "v"));
    }
    worker.time.advance(Duration.ofSeconds(1));

    assertThat(worker.dynamo.items(PLAIN)).hasSize(53);
    assertThat(worker.ended).noneMatch(Ended::hasEnded);
    callbacks.forEach(Runnable::run);
    assertAllApplied(worker);
  }

  @Test
  @DisplayName("B11: the writer's own state is up to date before anybody is told")
  void whoIsToldFindsRoom() {
    Worker worker = keyed(settings -> settings.maxBufferedItems(1).callbackExecutor(Runnable::run));
    List<Boolean> hadRoom = new ArrayList<>();
    writeNext(worker, 0, hadRoom);
    worker.time.advance(Duration.ofSeconds(1));

    assertThat(hadRoom).hasSize(7).doesNotContain(false);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(7);
  }

  private static void writeNext(Worker worker, int i, List<Boolean> hadRoom) {
    WriteListener next =
        new WriteListener() {
          @Override
          public void completed(Outcome outcome) {
            if (i < 6) {
              writeNext(worker, i + 1, hadRoom);
            }
          }

          @Override
          public void failed(SluiceException failure) {}
        };
    hadRoom.add(worker.writer.tryWrite(new SourcePosition("t/0/" + i), put(i, "v"), next));
  }

  @Test
  @DisplayName("B18: no request is larger on the wire than the service takes")
  void escapesCountOnTheWire() {
    Worker worker =
        keyed(settings -> settings.maxBatchBytes(MAX_REQUEST_BYTES).linger(Duration.ofSeconds(1)));
    // A control character is stored in one byte and sent in six.
    String controls = "\u0001".repeat(397 * 1024);
    for (int i = 0; i < 17; i++) {
      worker.write("t/0/" + i, put(i, controls));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(batches(worker))
        .allSatisfy(
            batch -> {
              long bytes = 0;
              for (Map<String, AttributeValue> item : items(batch)) {
                bytes += 6L * item.get("value").s().length();
              }
              assertThat(bytes).isLessThan(MAX_REQUEST_BYTES);
            });
    // It is the bytes that end a batch, and they are used.
    assertThat(batches(worker)).hasSizeLessThan(6);
    assertThat(new HashSet<>(worker.dynamo.items(PLAIN))).hasSize(17);
  }
}
