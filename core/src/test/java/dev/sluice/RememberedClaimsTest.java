package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static dev.sluice.fake.Worker.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The memory saves the claim's request, never the effect. */
class RememberedClaimsTest {
  private final Worker worker = Worker.seeded(13);

  private static Write put(String event, String value) {
    return Write.event(event).put(PLAIN, item("of-" + event, 1, value));
  }

  private int claims() {
    return worker.dynamo.sent("PutItem", LEDGER).size()
        + worker.dynamo.sent("BatchExecuteStatement", LEDGER).size();
  }

  @Test
  void aDuplicateOfWhatWasSeenDurableNeedsNoRequest() {
    worker.writeAndWait("t/0/1", put("e", "v"));
    int before = worker.dynamo.sent.size();
    Ended again = worker.writeAndWait("t/0/2", put("e", "v"));

    assertThat(again.outcome).isEqualTo(new Outcome.Duplicate(new SourcePosition("t/0/1")));
    assertThat(worker.dynamo.sent).hasSize(before);
  }

  @Test
  void theSameRecordAgainIsAppliedAgainWithoutAskingTheLedger() {
    worker.writeAndWait("t/0/1", put("e", "v"));
    worker.dynamo.deleteDirectly(PLAIN, key("of-e", 1));
    int before = claims();
    Ended again = worker.writeAndWait("t/0/1", put("e", "v"));

    assertThat(again.outcome).isEqualTo(new Outcome.Replayed(List.of(Suffix.NONE)));
    assertThat(worker.dynamo.items(PLAIN)).hasSize(1);
    assertThat(claims()).isEqualTo(before);
  }

  @Test
  void whatContradictsTheMemoryIsAConflictAsEver() {
    worker.writeAndWait("t/0/1", put("e", "v").fingerprintOf(new byte[] {1}));
    Ended other = worker.writeAndWait("t/0/2", put("e", "w").fingerprintOf(new byte[] {2}));

    assertThat(other.outcome)
        .isEqualTo(
            new Outcome.Conflict(Outcome.Conflict.Kind.OTHER_CONTENT, new SourcePosition("t/0/1")));
  }

  @Test
  void aClaimWhoseEffectsFailedIsNotRemembered() {
    worker.dynamo.always("BatchWriteItem", new Fate.InvalidIfItHolds("poison"));
    Ended rejected = worker.writeAndWait("t/0/1", put("e", "poison"));
    assertThat(rejected.failure).isInstanceOf(RejectedWriteException.class);
    // Another process releases it, and the corrected event enters here.
    var unused = worker.another().writer.release(new SourcePosition("t/0/1"), "e");
    worker.time.advance(Duration.ofSeconds(1));
    Ended corrected = worker.writeAndWait("t/0/7", put("e", "good"));

    assertThat(corrected.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aDuplicateOfAnothersClaimIsNotRemembered() {
    Worker other = worker.another();
    other.dynamo.always("BatchWriteItem", new Fate.InvalidIfItHolds("poison"));
    Ended rejected = other.writeAndWait("t/0/1", put("e", "poison"));
    assertThat(rejected.failure).isInstanceOf(RejectedWriteException.class);
    Ended duplicate = worker.writeAndWait("t/0/2", put("e", "poison"));
    assertThat(duplicate.outcome).isInstanceOf(Outcome.Duplicate.class);
    var unused = other.writer.release(new SourcePosition("t/0/1"), "e");
    worker.time.advance(Duration.ofSeconds(1));
    Ended corrected = worker.writeAndWait("t/0/7", put("e", "good"));

    assertThat(corrected.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aReleaseIsForgotten() {
    worker.writeAndWait("t/0/1", put("e", "v"));
    var unused = worker.writer.release(new SourcePosition("t/0/1"), "e");
    worker.time.advance(Duration.ofSeconds(1));
    Ended corrected = worker.writeAndWait("t/0/7", put("e", "good"));

    assertThat(corrected.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(worker.dynamo.items(PLAIN)).containsExactly(item("of-e", 1, "good"));
  }

  @Test
  void aWriteThatComesDuringAReleaseJudgesNobody() {
    worker.dynamo.always("BatchWriteItem", new Fate.InvalidIfItHolds("poison"));
    Ended rejected = worker.writeAndWait("t/0/1", put("e", "poison"));
    assertThat(rejected.failure).isInstanceOf(RejectedWriteException.class);
    worker.dynamo.heal();
    worker.dynamo.always("BatchWriteItem", new Fate.NotSent());
    // The delete is put off, and lands once the record, after a rebalance, has come again.
    worker.dynamo.next("DeleteItem", new Fate.ErrorResponse("ThrottlingException", 400));
    worker.dynamo.next("DeleteItem", new Fate.NeverAnswered(true));
    CompletableFuture<Boolean> release =
        worker.writer.release(new SourcePosition("t/0/1"), "e").toCompletableFuture();
    worker.time.advance(Duration.ofMillis(1));
    worker.write("t/0/1", put("e", "poison"));
    worker.time.runUntil(() -> worker.dynamo.items(LEDGER).isEmpty(), Duration.ofSeconds(1));
    // The corrected event claims in another process, which dies before its effect.
    Worker other = worker.another();
    other.dynamo.always("BatchWriteItem", new Fate.NotSent());
    other.write("t/0/7", put("e", "good"));
    other.time.advance(Duration.ofMillis(100));
    other.dynamo.crash();
    assertThat(release).isNotDone();

    Ended corrected = worker.write("t/0/7", put("e", "good"));
    worker.time.advance(Duration.ofMillis(100));
    worker.dynamo.heal();
    worker.await();

    assertThat(corrected.outcome).isEqualTo(new Outcome.Replayed(List.of(Suffix.NONE)));
    assertThat(worker.dynamo.items(PLAIN)).containsExactly(item("of-e", 1, "good"));
  }

  @Test
  void anExpiredEntryIsAskedForAgain() {
    Worker brief =
        Worker.seeded(
            3,
            b ->
                b.ledger(
                    LedgerTable.named(LEDGER).scope("test").retention(Duration.ofMinutes(10))));
    brief.writeAndWait("t/0/1", put("e", "v"));
    brief.time.advance(Duration.ofMinutes(11));
    Ended taken = brief.writeAndWait("t/0/2", put("e", "w"));

    assertThat(taken.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void zeroSwitchesItOff() {
    Worker forgetful = Worker.seeded(3, b -> b.claimMemory(0));
    forgetful.writeAndWait("t/0/1", put("e", "v"));
    int before = forgetful.dynamo.sent.size();
    Ended again = forgetful.writeAndWait("t/0/2", put("e", "v"));

    assertThat(again.outcome).isInstanceOf(Outcome.Duplicate.class);
    assertThat(forgetful.dynamo.sent).hasSize(before + 1);
  }

  @Test
  void theLeastRecentlyUsedIsForgotten() {
    Worker two = Worker.seeded(3, b -> b.claimMemory(2));
    for (int i = 0; i < 3; i++) {
      two.writeAndWait("t/0/" + i, put("e" + i, "v"));
    }
    int before = two.dynamo.sent.size();
    two.writeAndWait("t/1/2", put("e2", "v"));
    two.writeAndWait("t/1/1", put("e1", "v"));
    assertThat(two.dynamo.sent).hasSize(before);
    two.writeAndWait("t/1/0", put("e0", "v"));

    assertThat(two.dynamo.sent).hasSize(before + 1);
  }
}
