package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.Duplicates;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Where the record that holds a claim may vanish, its duplicates finish its work. */
class ReapplyTest {
  private final Worker dying =
      Worker.seeded(17, settings -> settings.duplicates(Duplicates.REAPPLY));

  private static Write write() {
    return Write.event("e").put(SHARDED, item("hot", "x"));
  }

  @Test
  void aDuplicateFinishesWhatItsCompactedCanonicalRecordBegan() {
    dying.dynamo.always("BatchWriteItem", new Fate.NotSent());
    dying.write("t/0/1", write());
    dying.time.advance(Duration.ofMillis(20));
    dying.dynamo.crash();
    assertThat(dying.dynamo.items(LEDGER)).hasSize(1);
    assertThat(dying.dynamo.items(SHARDED)).isEmpty();

    Ended duplicate = dying.another().writeAndWait("t/0/7", write());

    assertThat(duplicate.outcome).isEqualTo(new Outcome.Duplicate(new SourcePosition("t/0/1")));
    String recorded = dying.dynamo.items(LEDGER).get(0).get("suffixes").s();
    assertThat(dying.dynamo.items(SHARDED)).containsExactly(item("hot#" + recorded, "x"));
  }

  @Test
  void aDuplicateInOneProcessGoesWhereItsCanonicalRecordWent() {
    Ended canonical = dying.write("t/0/1", write());
    Ended duplicate = dying.write("t/0/7", write());
    dying.await();

    assertThat(canonical.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(duplicate.outcome).isInstanceOf(Outcome.Duplicate.class);
    assertThat(dying.dynamo.items(SHARDED)).hasSize(1);
  }

  @Test
  void aDuplicateThatNamesOtherItemsIsAConflict() {
    dying.writeAndWait("t/0/1", write());
    Ended other = dying.writeAndWait("t/0/7", Write.event("e").put(PLAIN, item("a", 1, "x")));

    assertThat(other.outcome)
        .isEqualTo(
            new Outcome.Conflict(
                Outcome.Conflict.Kind.MAPPING_CHANGED, new SourcePosition("t/0/1")));
  }

  @Test
  void aWriteThatHasEndedHasNoEffectsMadeAnyMore() {
    dying.writeAndWait("t/0/1", write());
    Worker other =
        Worker.seeded(
            17,
            settings ->
                settings
                    .duplicates(Duplicates.REAPPLY)
                    .maxInFlightRequests(1)
                    .deliveryTimeout(Duration.ofMillis(2_100)));
    dying.dynamo.items(LEDGER).forEach(entry -> other.dynamo.putDirectly(LEDGER, entry));
    // The claim goes late, and is still under way when the time is up.
    other.dynamo.next("PutItem", new Fate.Late(1_000));
    other.dynamo.next("PutItem", new Fate.Late(1_500));
    other.write("t/3/3", Write.event("first").put(PLAIN, item("a", 1, "x")));
    other.time.advance(Duration.ofMillis(1));
    Ended leader = other.write("t/0/7", write());
    Ended joined = other.write("t/0/7", write());
    other.await();
    other.time.advance(Duration.ofSeconds(5));

    assertThat(joined.failure).isInstanceOf(UnknownOutcomeException.class);
    assertThat(leader.failure).isInstanceOf(UnknownOutcomeException.class);
    assertThat(other.dynamo.sent("BatchWriteItem")).isEmpty();
  }
}
