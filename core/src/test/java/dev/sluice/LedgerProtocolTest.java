package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.Outcome;
import dev.sluice.model.Outcome.Conflict.Kind;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/** Every row of the decision table, and what may go wrong around it. */
class LedgerProtocolTest {
  private final Worker worker = Worker.seeded(7);

  private static Write create(String event, String pk) {
    return Write.event(event).create(PLAIN, item(pk, 1, "of " + event));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void firstSightIsClaimedAndApplied() {
    Ended write = worker.writeAndWait("t/0/1", create("e", "a"));

    assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(worker.dynamo.items(PLAIN)).containsExactly(item("a", 1, "of e"));
    assertThat(worker.dynamo.items(LEDGER)).hasSize(1);
  }

  @Test
  void theClaimGoesOutConditionallyAndAsksForTheOldEntry() {
    worker.writeAndWait("t/0/1", create("e", "a"));

    PutItemRequest claim = (PutItemRequest) worker.dynamo.sent("PutItem").get(0);
    assertThat(claim.tableName()).isEqualTo(LEDGER);
    assertThat(claim.conditionExpression())
        .isEqualTo("attribute_not_exists(#id) OR (#expireAt < :now AND #src <> :mine)");
    assertThat(claim.returnValuesOnConditionCheckFailure())
        .isEqualTo(ReturnValuesOnConditionCheckFailure.ALL_OLD);
    assertThat(claim.item().get("id").s()).isEqualTo("test#e");
    assertThat(claim.item().get("src").s()).isEqualTo("t/0/1");
    long now = worker.time.now().getEpochSecond();
    assertThat(Long.parseLong(claim.item().get("expireAt").n()))
        .isBetween(now + 14 * 86_400 - 5, now + 14 * 86_400);
  }

  @Test
  void anotherRecordOfTheSameEventIsADuplicate() {
    worker.writeAndWait("t/0/1", create("e", "a"));
    Ended second = worker.another().writeAndWait("t/2/9", create("e", "a"));

    assertThat(second.outcome).isEqualTo(new Outcome.Duplicate(new SourcePosition("t/0/1")));
  }

  @Test
  void ownReplayIsAppliedAgainAndNotDropped() {
    // The claim lands, the process dies before the effect, the record is redelivered.
    worker.dynamo.always("PutItem", new Fate.ReplyLost());
    worker.write("t/0/1", create("e", "a"));
    worker.time.advance(Duration.ofMillis(20));
    worker.dynamo.crash();
    assertThat(worker.dynamo.items(LEDGER)).hasSize(1);
    assertThat(worker.dynamo.items(PLAIN)).isEmpty();

    Ended redelivered = worker.another().writeAndWait("t/0/1", create("e", "a"));

    assertThat(redelivered.outcome).isInstanceOf(Outcome.Replayed.class);
    assertThat(worker.dynamo.items(PLAIN)).containsExactly(item("a", 1, "of e"));
  }

  @Test
  void lostReplyIsNotTakenForADuplicate() {
    worker.dynamo.next("PutItem", new Fate.ReplyLost());
    Ended write = worker.writeAndWait("t/0/1", create("e", "a"));

    assertThat(write.outcome).isInstanceOf(Outcome.Replayed.class);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(1);
  }

  @Test
  void aReplayGoesWhereTheLedgerSaysThatItWent() {
    Write write = Write.event("e").put(SHARDED, item("hot", "x"));
    worker.writeAndWait("t/0/1", write);
    // A thousand shards: a suffix drawn again would hit the same one by chance only.
    for (int i = 0; i < 5; i++) {
      Ended replay = worker.another().writeAndWait("t/0/1", write);
      assertThat(replay.outcome).isInstanceOf(Outcome.Replayed.class);
    }

    assertThat(worker.dynamo.items(SHARDED)).hasSize(1);
  }

  @Test
  void aRetriedClaimGoesWhereTheFirstAttemptRecorded() {
    worker.dynamo.next("PutItem", new Fate.ReplyLost());
    worker.writeAndWait("t/0/1", Write.event("e").put(SHARDED, item("hot", "x")));

    assertThat(worker.dynamo.items(SHARDED)).hasSize(1);
    String recorded = worker.dynamo.items(LEDGER).get(0).get("suffixes").s();
    assertThat(worker.dynamo.items(SHARDED).get(0).get("pk").s()).isEqualTo("hot#" + recorded);
  }

  @Test
  void anIdReusedForOtherContentIsAConflict() {
    worker.writeAndWait("t/0/1", create("e", "a").fingerprintOf(bytes("one")));
    Ended other = worker.writeAndWait("t/0/2", create("e", "a").fingerprintOf(bytes("two")));

    assertThat(other.outcome)
        .isEqualTo(new Outcome.Conflict(Kind.OTHER_CONTENT, new SourcePosition("t/0/1")));
  }

  @Test
  void contentThatWasNotNamedContradictsNothing() {
    worker.writeAndWait("t/0/1", create("e", "a").fingerprintOf(bytes("one")));
    Ended other = worker.writeAndWait("t/0/2", create("e", "a"));

    assertThat(other.outcome).isInstanceOf(Outcome.Duplicate.class);
  }

  @Test
  void aRecordWhoseContentChangedIsAConflict() {
    worker.writeAndWait("t/0/1", create("e", "a").fingerprintOf(bytes("one")));
    Ended other = worker.writeAndWait("t/0/1", create("e", "a").fingerprintOf(bytes("two")));

    assertThat(other.outcome)
        .isEqualTo(new Outcome.Conflict(Kind.CONTENT_CHANGED, new SourcePosition("t/0/1")));
  }

  @Test
  void aMapperThatChangedUnderAnOpenClaimIsAConflict() {
    worker.writeAndWait("t/0/1", create("e", "a"));
    Ended otherKey = worker.writeAndWait("t/0/1", create("e", "b"));
    Ended otherKind =
        worker.writeAndWait("t/0/1", Write.event("e").put(PLAIN, item("a", 1, "of e")));

    Outcome changed = new Outcome.Conflict(Kind.MAPPING_CHANGED, new SourcePosition("t/0/1"));
    assertThat(otherKey.outcome).isEqualTo(changed);
    assertThat(otherKind.outcome).isEqualTo(changed);
    assertThat(worker.dynamo.items(PLAIN)).containsExactly(item("a", 1, "of e"));
  }

  @Test
  void aMapperThatYieldsMoreWritesThanBeforeIsAConflict() {
    SourcePosition record = SourcePosition.of("t", 0, 5);
    worker.writeAndWait(record, create("e", "a"));
    Ended second = worker.writeAndWait(record.withIndex(1), create("e", "a"));
    Ended byHand = worker.another().writeAndWait("t/0/5#1", create("e", "a"));

    Outcome changed = new Outcome.Conflict(Kind.MAPPING_CHANGED, record);
    assertThat(second.outcome).isEqualTo(changed);
    assertThat(byHand.outcome).isEqualTo(changed);
  }

  @Test
  void aPositionThatEndsInDigitsIsNoWriteOfAnother() {
    for (String text : List.of("shard-1#4959", "orders.csv#17", "logs/2024/12#17")) {
      SourcePosition first = new SourcePosition(text);
      worker.writeAndWait(first, create(text, "a"));

      Outcome duplicate = new Outcome.Duplicate(first);
      assertThat(worker.writeAndWait(text + "0", create(text, "a")).outcome).isEqualTo(duplicate);
      assertThat(worker.another().writeAndWait(text + "1", create(text, "a")).outcome)
          .isEqualTo(duplicate);
      assertThat(worker.another().writeAndWait(text, create(text, "a")).outcome)
          .isInstanceOf(Outcome.Replayed.class);
    }
  }

  @Test
  void claimsInABatchNoteThatDigitsAreNoIndex() {
    for (String text : List.of("orders.csv#17", "orders.csv#18", "orders.csv#19")) {
      worker.write(text, create(text, text));
    }
    worker.await();
    assertThat(worker.dynamo.sent("BatchExecuteStatement")).isNotEmpty();

    Ended file = worker.another().writeAndWait("orders.csv", create("orders.csv#18", "a"));

    assertThat(file.outcome).isEqualTo(new Outcome.Duplicate(new SourcePosition("orders.csv#18")));
  }

  @Test
  void oneWhoHadJoinedAndMustReplayForItselfIsNotStuck() {
    worker.writeAndWait("t/0/1", create("e", "a").fingerprintOf(bytes("one")));
    Worker other = worker.another();
    Ended changed = other.write("t/0/1", create("e", "a").fingerprintOf(bytes("two")));
    Ended joined = other.write("t/0/1", create("e", "a"));
    other.await();

    assertThat(changed.outcome).isInstanceOf(Outcome.Conflict.class);
    assertThat(joined.outcome).isInstanceOf(Outcome.Replayed.class);
  }

  @Test
  void anEffectThatMayBeThereMakesARejectionPartial() {
    worker.dynamo.next("BatchWriteItem", new Fate.ReplyLost());
    worker.dynamo.next(
        "BatchWriteItem", new Fate.ErrorResponse("ItemCollectionSizeLimitExceededException", 400));
    Ended rejected = worker.writeAndWait("t/0/1", Write.event("e").put(PLAIN, item("a", 1, "x")));

    assertThat(((RejectedWriteException) rejected.failure).partial()).isTrue();
  }

  @Test
  void anExpiredEntryThatIsStillVisibleIsTakenOverByAnotherRecord() {
    worker.writeAndWait("t/0/1", create("e", "a"));
    worker.time.advance(Duration.ofDays(15));
    Ended later = worker.writeAndWait("t/0/2", create("e", "b"));

    assertThat(later.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(worker.dynamo.items(LEDGER).get(0).get("src").s()).isEqualTo("t/0/2");
  }

  @Test
  void anExpiredEntryOfItsOwnIsStillReplayedWhereItWent() {
    Write write = Write.event("e").put(SHARDED, item("hot", "x"));
    worker.writeAndWait("t/0/1", write);
    worker.time.advance(Duration.ofDays(15));
    Ended replay = worker.writeAndWait("t/0/1", write);

    assertThat(replay.outcome).isInstanceOf(Outcome.Replayed.class);
    assertThat(worker.dynamo.items(SHARDED)).hasSize(1);
  }

  @Test
  void throttledClaimsAreRetriedUntilTheyGoThrough() {
    for (int i = 0; i < 5; i++) {
      worker.dynamo.next(
          "PutItem", new Fate.ErrorResponse("ProvisionedThroughputExceededException", 400));
    }
    Ended write = worker.writeAndWait("t/0/1", create("e", "a"));

    assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(worker.dynamo.sent("PutItem")).hasSizeGreaterThanOrEqualTo(6);
  }

  @Test
  void aClaimThatIsNeverAnsweredFailsAsUnknownAndIsFinishedLater() {
    worker.dynamo.always("PutItem", new Fate.NeverAnswered(true));
    Ended write = worker.writeAndWait("t/0/1", create("e", "a"));

    assertThat(write.failure).isInstanceOf(UnknownOutcomeException.class);
    assertThat(worker.time.now())
        .isBeforeOrEqualTo(
            dev.sluice.testkit.time.VirtualTime.DEFAULT_START.plus(
                Worker.DELIVERY_TIMEOUT.plus(Worker.REQUEST_TIMEOUT)));

    worker.dynamo.heal();
    Ended again = worker.writeAndWait("t/0/1", create("e", "a"));
    assertThat(again.outcome).isInstanceOf(Outcome.Replayed.class);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(1);
  }

  @Test
  void theSameRecordTwiceInOneProcessIsAppliedOnce() {
    Ended first = worker.write("t/0/1", create("e", "a"));
    Ended second = worker.write("t/0/1", create("e", "a"));
    worker.await();

    assertThat(first.outcome).isEqualTo(new Outcome.Applied(List.of(Suffix.NONE)));
    assertThat(second.outcome).isEqualTo(new Outcome.Replayed(List.of(Suffix.NONE)));
    assertThat(worker.dynamo.sent("PutItem").stream().map(PutItemRequest.class::cast))
        .filteredOn(put -> put.tableName().equals(LEDGER))
        .hasSize(1);
  }

  @Test
  void theSameRecordTwiceEndsOnlyWithTheEffectAndNotWithTheClaim() {
    worker.dynamo.always("BatchWriteItem", new Fate.NotSent());
    Write write = Write.event("e").put(PLAIN, item("a", 1, "x"));
    Ended first = worker.write("t/0/1", write);
    Ended second = worker.write("t/0/1", write);
    worker.time.advance(Duration.ofSeconds(5));
    assertThat(worker.dynamo.items(LEDGER)).hasSize(1);
    assertThat(first.hasEnded()).isFalse();
    assertThat(second.hasEnded()).isFalse();

    worker.dynamo.heal();
    worker.await();
    assertThat(first.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(second.outcome).isInstanceOf(Outcome.Replayed.class);
  }

  @Test
  void aDuplicateInOneProcessNeedsNoRequestOfItsOwn() {
    worker.write("t/0/1", create("e", "a"));
    Ended duplicate = worker.write("t/1/1", create("e", "a"));
    worker.await();

    assertThat(duplicate.outcome).isInstanceOf(Outcome.Duplicate.class);
    assertThat(worker.dynamo.sent("PutItem").stream().map(PutItemRequest.class::cast))
        .filteredOn(put -> put.tableName().equals(LEDGER))
        .hasSize(1);
  }

  @Test
  void whereTheFirstClaimFailsTheSecondClaimsForItself() {
    worker.dynamo.next("PutItem", new Fate.ErrorResponse("AccessDeniedException", 400));
    Ended first = worker.write("t/0/1", create("e", "a"));
    Ended second = worker.write("t/1/1", create("e", "a"));
    Ended third = worker.write("t/2/1", create("e", "a"));
    worker.await();

    assertThat(first.failure).isInstanceOf(SystemException.class);
    assertThat(second.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(third.outcome).isEqualTo(new Outcome.Duplicate(new SourcePosition("t/1/1")));
  }

  @Test
  void aWaitingRecordWhoseOwnClaimTurnsUpIsReplayed() {
    worker.writeAndWait("t/1/1", create("e", "a"));
    Worker other = worker.another();
    Ended first = other.write("t/0/1", create("e", "a"));
    Ended owner = other.write("t/1/1", create("e", "a"));
    Ended ownerAgain = other.write("t/1/1", create("e", "a"));
    other.await();

    assertThat(first.outcome).isInstanceOf(Outcome.Duplicate.class);
    assertThat(owner.outcome).isInstanceOf(Outcome.Replayed.class);
    assertThat(ownerAgain.outcome).isInstanceOf(Outcome.Replayed.class);
  }

  @Test
  void aRejectedWriteKeepsItsClaimUntilItIsReleased() {
    worker.dynamo.next("PutItem", new Fate.Served());
    worker.dynamo.next("PutItem", new Fate.ErrorResponse("ValidationException", 400));
    Ended rejected = worker.writeAndWait("t/0/1", create("e", "a"));
    assertThat(rejected.failure).isInstanceOf(RejectedWriteException.class);
    assertThat(((RejectedWriteException) rejected.failure).partial()).isFalse();
    assertThat(worker.dynamo.items(LEDGER)).hasSize(1);

    assertThat(release("t/9/9")).isFalse();
    assertThat(worker.dynamo.items(LEDGER)).hasSize(1);
    assertThat(release("t/0/1")).isTrue();

    Ended corrected = worker.writeAndWait("t/0/2", create("e", "b"));
    assertThat(corrected.outcome).isInstanceOf(Outcome.Applied.class);
  }

  private boolean release(String source) {
    var released = worker.writer.release(new SourcePosition(source), "e").toCompletableFuture();
    worker.time.runUntil(released::isDone, Duration.ofMinutes(1));
    return released.join();
  }

  @Test
  void aWriteOfWhichSomeWasAppliedSaysSo() {
    worker.dynamo.always("BatchWriteItem", new Fate.InvalidIfItHolds("poison"));
    Ended rejected =
        worker.writeAndWait(
            "t/0/1",
            Write.event("e").put(PLAIN, item("a", 1, "good")).put(SHARDED, item("b", "poison")));

    assertThat(rejected.failure).isInstanceOf(RejectedWriteException.class);
    RejectedWriteException failure = (RejectedWriteException) rejected.failure;
    assertThat(failure.partial()).isTrue();
    assertThat(failure.suffixes()).hasSize(2);
    assertThat(failure.getMessage()).doesNotContain("poison");
  }

  @Test
  void aForeignEntryInTheLedgerStopsTheWriteVisibly() {
    worker.dynamo.putDirectly(
        LEDGER,
        java.util.Map.of(
            "id",
            software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS("test#e"),
            "src",
            software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS("x"),
            "expireAt",
            software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN("9999999999")));
    Ended write = worker.writeAndWait("t/0/1", create("e", "a"));

    assertThat(write.failure)
        .isInstanceOf(SystemException.class)
        .hasMessageContaining("ledger table of its own");
  }

  @Test
  void twoProcessesThatRaceForOneEventApplyItOnce() {
    for (int seed = 0; seed < 200; seed++) {
      Worker one = Worker.seeded(seed);
      Worker two = one.another();
      Write write = Write.event("e").put(SHARDED, item("hot", "x"));
      Ended first = one.write("t/0/1", write);
      Ended second = two.write("t/1/1", write);
      one.await();
      two.await();

      assertThat(one.dynamo.items(SHARDED)).as("seed %d", seed).hasSize(1);
      assertThat(List.of(first.outcome, second.outcome))
          .hasAtLeastOneElementOfType(Outcome.Applied.class)
          .hasAtLeastOneElementOfType(Outcome.Duplicate.class);
    }
  }
}
