package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
import static dev.sluice.fake.Worker.item;
import static dev.sluice.fake.Worker.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A table that is made again with other keys stops the writer, and dead-letters no record. */
class RemadeTableTest {
  private static final Fate INVALID = new Fate.ErrorResponse("ValidationException", 400);
  private static final Fate DENIED = new Fate.ErrorResponse("AccessDeniedException", 400);
  private static final String DESCRIBE = "DescribeTable";

  private static Worker worker(Mode mode) {
    return Worker.seeded(mode, 37, UnaryOperator.identity());
  }

  private static Write put(String event) {
    return Write.event(event).put(PLAIN, item(event, 1, "v"));
  }

  private static Write count(String event) {
    return Write.event(event)
        .update(
            PLAIN,
            key("c", 1),
            "ADD #n :one",
            Map.of("#n", "n"),
            Map.of(":one", AttributeValue.fromN("1")));
  }

  private static void assertStopped(Ended write, String table, String keys) {
    assertThat(write.failure)
        .isInstanceOfSatisfying(
            SystemException.class,
            stopped -> {
              assertThat(stopped.errorCode()).isEqualTo("OtherKeySchema");
              assertThat(stopped)
                  .hasMessageContaining("'" + table + "'")
                  .hasMessageContaining(keys);
            });
  }

  private static void assertRejected(Ended write) {
    assertThat(write.failure).isInstanceOf(RejectedWriteException.class);
  }

  static Stream<Arguments> effectsByMode() {
    Function<String, Write> create = id -> Write.event(id).create(PLAIN, item(id, 1, "v"));
    Function<String, Write> versioned =
        id -> Write.event(id).putIfNewer(PLAIN, item(id, 1, "v"), 3);
    Function<String, Write> delete = id -> Write.event(id).delete(PLAIN, key(id, 1));
    Stream<Arguments> all =
        Stream.of(Mode.values())
            .flatMap(
                mode ->
                    Stream.<Function<String, Write>>of(
                            RemadeTableTest::put, create, versioned, delete)
                        .map(effect -> Arguments.of(mode, effect)));
    return Stream.concat(
        all,
        Stream.of(
            Arguments.of(Mode.TRANSACTIONAL, (Function<String, Write>) RemadeTableTest::count)));
  }

  @ParameterizedTest
  @MethodSource("effectsByMode")
  void aTableWithAnotherKeyStopsTheWriter(Mode mode, Function<String, Write> effect) {
    Worker worker = worker(mode);
    assertThat(worker.writeAndWait("t/0/1", effect.apply("before")).outcome).isNotNull();
    worker.dynamo.remake(PLAIN, KeyAttribute.string("id"));
    List<Ended> writes = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      writes.add(worker.write("t/0/" + (2 + i), effect.apply("e" + i)));
    }
    worker.await();

    assertThat(writes).allSatisfy(write -> assertStopped(write, PLAIN, "(id S)"));
    assertThat(writes).allSatisfy(write -> assertStopped(write, PLAIN, "(pk S, sk N)"));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aKeyOfAnotherTypeStopsTheWriter(Mode mode) {
    Worker worker = worker(mode);
    worker.dynamo.remake(PLAIN, KeyAttribute.string("pk"), KeyAttribute.string("sk"));

    assertStopped(worker.writeAndWait("t/0/1", put("e")), PLAIN, "(pk S, sk S)");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aSortKeyThatWasAddedStopsTheWriter(Mode mode) {
    Worker worker = worker(mode);
    worker.dynamo.remake(SHARDED, KeyAttribute.string("pk"), KeyAttribute.string("sk"));
    Write write = Write.event("e").put(SHARDED, item("e", "v"));

    assertStopped(worker.writeAndWait("t/0/1", write), SHARDED, "(pk S, sk S)");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aSortKeyThatWasRemovedStopsTheWriterAtItsNextDelete(Mode mode) {
    Worker worker = worker(mode);
    worker.dynamo.remake(PLAIN, KeyAttribute.string("pk"));
    Write delete = Write.event("e").delete(PLAIN, key("e", 1));

    assertStopped(worker.writeAndWait("t/0/1", delete), PLAIN, "(pk S)");
  }

  @Test
  void aDeadLetterThatIsReplayedIsNotPutBackForATable() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.remake(PLAIN, KeyAttribute.string("id"));
    Ended ended = new Ended();
    worker.ended.add(ended);
    worker
        .writer
        .replay(new SourcePosition("t/0/1"), put("e"), List.of(Suffix.NONE))
        .whenComplete(
            (outcome, thrown) -> {
              if (thrown instanceof SystemException stopped) {
                ended.failed(stopped);
              }
            });
    worker.await();

    assertStopped(ended, PLAIN, "(id S)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "key"})
  void aLedgerWithAnotherKeyStopsTheWriter(String partitionKey) {
    for (Mode mode : new Mode[] {Mode.LEDGER, Mode.TRANSACTIONAL}) {
      Worker worker = worker(mode);
      assertThat(worker.writeAndWait("t/0/1", put("before")).outcome).isNotNull();
      worker.dynamo.remake(LEDGER, KeyAttribute.string(partitionKey), KeyAttribute.string("sort"));
      List<Ended> writes = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        writes.add(worker.write("t/0/" + (2 + i), put("e" + i)));
      }
      worker.await();

      assertThat(writes)
          .allSatisfy(
              write ->
                  assertThat(write.failure)
                      .isInstanceOf(SystemException.class)
                      .hasMessageContaining("'" + LEDGER + "'")
                      .hasMessageContaining("LedgerTable.createTableRequest()"));
    }
  }

  @Test
  void aLedgerThatRejectsAWholeTransactionIsLookedAt() {
    Worker worker = worker(Mode.TRANSACTIONAL);
    worker.dynamo.remake(LEDGER, KeyAttribute.string("key"));
    worker.dynamo.always("TransactWriteItems", INVALID);

    assertStopped(worker.writeAndWait("t/0/1", count("e")), LEDGER, "(key S)");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aTableThatIsGoneByThenStopsTheWriter(Mode mode) {
    Worker worker = worker(mode);
    worker.dynamo.next(
        mode == Mode.TRANSACTIONAL ? "TransactWriteItems" : "BatchWriteItem", INVALID);
    worker.dynamo.drop(PLAIN);

    assertThat(worker.writeAndWait("t/0/1", put("e")).failure)
        .isInstanceOf(SystemException.class)
        .hasMessageContaining("(pk S, sk N)");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void whatATableOfTheSameKeysRejectsIsTheRecordsFault(Mode mode) {
    Worker worker = worker(mode);
    boolean inTransactions = mode == Mode.TRANSACTIONAL;
    worker.dynamo.always(inTransactions ? "TransactWriteItems" : "BatchWriteItem", INVALID);
    List<Ended> writes = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      writes.add(worker.write("t/0/" + i, put("e" + i)));
    }
    worker.await();

    assertThat(writes).allSatisfy(RemadeTableTest::assertRejected);
    // One question for all of them; a transaction does not say which of its tables is at fault.
    assertThat(worker.dynamo.sent(DESCRIBE)).hasSize(inTransactions ? 2 : 1);
  }

  @Test
  void anAnswerCountsForAMomentOnly() {
    Worker worker = worker(Mode.KEYED);
    worker.dynamo.next("BatchWriteItem", INVALID);
    assertRejected(worker.writeAndWait("t/0/1", put("e1")));
    worker.dynamo.remake(PLAIN, KeyAttribute.string("id"));
    worker.time.advance(Duration.ofSeconds(3));
    assertStopped(worker.writeAndWait("t/0/2", put("e2")), PLAIN, "(id S)");
    worker.dynamo.remake(PLAIN, KeyAttribute.string("pk"), KeyAttribute.number("sk"));

    assertThat(worker.writeAndWait("t/0/3", put("e3")).outcome).isInstanceOf(Outcome.Applied.class);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void whereTablesMayNotBeDescribedARejectionIsTheRecordsFault(Mode mode) {
    Worker worker = worker(mode);
    worker.dynamo.always(DESCRIBE, DENIED);
    worker.dynamo.remake(PLAIN, KeyAttribute.string("id"));

    assertRejected(worker.writeAndWait("t/0/1", put("e1")));
    assertRejected(worker.writeAndWait("t/0/2", put("e2")));
    assertThat(worker.dynamo.sent(DESCRIBE)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aClientWithoutTheOperationLeavesTheFaultWithTheRecord(Mode mode) {
    Worker worker = worker(mode);
    worker.dynamo.always(DESCRIBE, new Fate.ThrownAtOnce(UnsupportedOperationException::new));
    worker.dynamo.remake(PLAIN, KeyAttribute.string("id"));

    assertRejected(worker.writeAndWait("t/0/1", put("e")));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aQuestionThatFailsForNowIsAskedAgain(Mode mode) {
    Worker worker = worker(mode);
    worker.dynamo.next(DESCRIBE, new Fate.ErrorResponse("ThrottlingException", 400));
    worker.dynamo.next(DESCRIBE, new Fate.NeverAnswered(false));
    worker.dynamo.remake(PLAIN, KeyAttribute.string("id"));

    assertStopped(worker.writeAndWait("t/0/1", put("e")), PLAIN, "(id S)");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void whereNobodyAnswersAWriteEndsAsUnknown(Mode mode) {
    Worker worker = worker(mode);
    worker.dynamo.always(DESCRIBE, new Fate.NeverAnswered(false));
    worker.dynamo.remake(PLAIN, KeyAttribute.string("id"));

    assertThat(worker.writeAndWait("t/0/1", put("e")).failure)
        .isInstanceOf(UnknownOutcomeException.class);
  }
}
