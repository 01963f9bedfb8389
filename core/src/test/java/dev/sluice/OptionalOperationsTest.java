package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.model.Outcome;
import dev.sluice.model.SystemException;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an endpoint, a client or a permission lacks is done without, and asked for again. */
class OptionalOperationsTest {
  private static final String INSERTS = "BatchExecuteStatement";
  private static final String READS = "BatchGetItem";

  private final Worker worker = Worker.seeded(19);

  private static Stream<Fate> waysToBeAbsent() {
    return Stream.of(
        new Fate.ErrorResponse("UnknownOperationException", 400),
        new Fate.ErrorResponse("UnsupportedOperationException", 400),
        new Fate.ErrorResponse("InvalidAction", 400),
        new Fate.ErrorResponse("NotImplementedException", 400),
        new Fate.ErrorResponse("SubscriptionRequiredException", 403),
        new Fate.ErrorResponse("InternalFailure", 501),
        new Fate.ErrorResponse("AccessDeniedException", 400),
        new Fate.ErrorResponse("", 403),
        new Fate.ErrorResponse("", 404),
        new Fate.ErrorResponse("", 501),
        new Fate.Thrown(UnsupportedOperationException::new),
        new Fate.ThrownAtOnce(UnsupportedOperationException::new));
  }

  private static void write(Worker by, String topic, int count) {
    for (int i = 0; i < count; i++) {
      by.write(topic + "/0/" + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "v")));
    }
    by.await();
  }

  @ParameterizedTest
  @MethodSource("waysToBeAbsent")
  void withoutStatementsEverythingGoesOneByOne(Fate absent) {
    worker.dynamo.always(INSERTS, absent);
    write(worker, "t", 50);

    assertThat(worker.ended).allMatch(write -> write.outcome instanceof Outcome.Applied);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(50);
  }

  @ParameterizedTest
  @MethodSource("waysToBeAbsent")
  void withoutReadsKnownClaimsAreAskedForByPuts(Fate absent) {
    write(worker, "t", 50);
    Worker other = worker.another();
    other.dynamo.always(READS, absent);
    write(other, "u", 50);

    assertThat(other.ended).allMatch(write -> write.outcome instanceof Outcome.Duplicate);
  }

  @Test
  void whatWasRejectedIsAskedForAgainAfterAWhile() {
    worker.dynamo.always(INSERTS, new Fate.ErrorResponse("AccessDeniedException", 400));
    write(worker, "t", 25);
    worker.dynamo.heal();
    int rejected = worker.dynamo.sent(INSERTS).size();
    write(worker, "u", 25);
    assertThat(worker.dynamo.sent(INSERTS)).hasSize(rejected);

    worker.time.advance(Duration.ofMinutes(1));
    for (int i = 25; i < 75; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "v")));
    }
    int singles = worker.dynamo.sent("PutItem").size();
    worker.await();

    assertThat(worker.dynamo.sent(INSERTS)).hasSizeGreaterThan(rejected);
    assertThat(worker.dynamo.sent("PutItem")).hasSize(singles);
  }

  @Test
  void aDenialOfEverythingStopsTheWriterAndBatchesAreUsedAfterIt() {
    for (String operation : new String[] {INSERTS, "PutItem", "BatchWriteItem"}) {
      worker.dynamo.always(operation, new Fate.ErrorResponse("AccessDeniedException", 400));
    }
    write(worker, "t", 25);
    assertThat(worker.ended).allMatch(write -> write.failure instanceof SystemException);

    worker.dynamo.heal();
    worker.time.advance(Duration.ofMinutes(2));
    write(worker, "t", 25);

    assertThat(worker.ended.subList(25, 50))
        .allMatch(write -> write.outcome instanceof Outcome.Applied);
    assertThat(worker.dynamo.sent(INSERTS, LEDGER)).hasSizeGreaterThan(1);
  }

  @Test
  void batchesWithACodeThatNobodyKnowsDoNotStopWhatWorksSingly() {
    worker.dynamo.always(INSERTS, new Fate.ErrorResponse("NobodyKnows", 400));
    write(worker, "t", 50);

    assertThat(worker.ended).allMatch(write -> write.outcome instanceof Outcome.Applied);
  }
}
