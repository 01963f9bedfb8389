package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a dead letter's replay does that no other write does. */
class ReplayTest {
  private static final SourcePosition CANONICAL = new SourcePosition("t/0/1");
  private final Worker dying = Worker.seeded(17);

  private static Write write() {
    return Write.event("e").put(SHARDED, item("hot", "x"));
  }

  private static Outcome replay(Worker worker, String source, Write write, Suffix... recorded) {
    CompletableFuture<Outcome> ended =
        worker
            .writer
            .replay(new SourcePosition(source), write, List.of(recorded))
            .toCompletableFuture();
    worker.await();
    worker.time.advance(Duration.ofSeconds(1));
    return ended.join();
  }

  /** The loss that the models found: the entry of a record that nobody will deliver again. */
  @Test
  void aReplayFinishesWhatAnotherRecordThatIsGoneHadClaimed() {
    dying.dynamo.always("BatchWriteItem", new Fate.NotSent());
    dying.write(CANONICAL.value(), write());
    dying.time.advance(Duration.ofMillis(20));
    dying.dynamo.crash();
    Worker next = dying.another();
    assertThat(next.writeAndWait("t/0/5", write()).outcome)
        .as("an ordinary duplicate is dropped by this writer")
        .isEqualTo(new Outcome.Duplicate(CANONICAL));
    assertThat(next.dynamo.items(SHARDED)).isEmpty();

    assertThat(replay(next, "t/0/7", write(), new Suffix(0, 2)))
        .isEqualTo(new Outcome.Duplicate(CANONICAL));

    String recorded = next.dynamo.items(LEDGER).get(0).get("suffixes").s();
    assertThat(next.dynamo.items(SHARDED)).containsExactly(item("hot#" + recorded, "x"));
  }

  @Test
  void aReplayWhoseClaimIsGoneGoesWhereItsRecordHadGone() {
    for (int shard = 0; shard < 3; shard++) {
      Worker worker = Worker.seeded(23);
      assertThat(replay(worker, "t/0/1", write(), new Suffix(0, shard)))
          .isEqualTo(new Outcome.Applied(List.of(new Suffix(0, shard))));
      assertThat(worker.dynamo.items(SHARDED)).containsExactly(item("hot#0." + shard, "x"));
    }
  }

  @Test
  void anEventReplayedTwiceTakesEffectOnceWhereTheLedgerSays() {
    replay(dying, "t/0/1", write(), new Suffix(0, 1));
    Worker next = dying.another();

    assertThat(replay(next, "t/0/1", write(), new Suffix(0, 2)))
        .isEqualTo(new Outcome.Replayed(List.of(new Suffix(0, 1))));
    assertThat(next.dynamo.items(SHARDED)).containsExactly(item("hot#0.1", "x"));
  }

  @Test
  void aTransactionIsNeverAppliedAgainByAReplay() {
    Worker worker = Worker.seeded(29, settings -> settings.mode(Mode.TRANSACTIONAL));
    Write write = Write.event("e").put(PLAIN, item("a", 1, "x"));
    replay(worker, "t/0/1", write);
    int sent = worker.dynamo.sent("TransactWriteItems").size();

    assertThat(replay(worker, "t/0/7", write)).isEqualTo(new Outcome.Duplicate(CANONICAL));
    assertThat(worker.dynamo.sent("TransactWriteItems")).hasSize(sent);
  }

  @Test
  void suffixesThatDoNotFitTheEffectsAreRejected() {
    assertThatThrownBy(() -> replay(dying, "t/0/1", write(), new Suffix(0, 1), new Suffix(0, 2)))
        .hasCauseInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("2 suffixes for a write with 1 effects");
    assertThat(dying.dynamo.items(LEDGER)).isEmpty();
  }
}
