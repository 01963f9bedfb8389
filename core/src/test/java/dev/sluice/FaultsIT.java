package dev.sluice;

import static dev.sluice.fake.Worker.item;
import static dev.sluice.fake.Worker.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.LocalWorker.Tables;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.fault.Entries;
import dev.sluice.testkit.fault.Fault;
import dev.sluice.testkit.fault.FaultPolicy;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What breaks between the writer and a real service is neither lost nor doubled. */
@Timeout(120)
@ExtendWith(EmbeddedServers.class)
class FaultsIT {
  private final Tables tables;

  FaultsIT(EmbeddedDynamoDb dynamo) {
    this.tables = Tables.create(dynamo);
  }

  private Write create(int i) {
    return Write.event("e" + i).create(tables.plain(), item("k" + i, 1, "v" + i));
  }

  private Write put(int i) {
    return Write.event("e" + i).put(tables.plain(), item("k" + i, 1, "v" + i));
  }

  private void assertAllThere(int count) {
    assertThat(tables.dynamo().items(tables.plain()))
        .hasSize(count)
        .allSatisfy(
            item ->
                assertThat(item.get("value").s()).isEqualTo("v" + item.get("pk").s().substring(1)));
    assertThat(tables.claims()).hasSize(count);
  }

  private static void assertEnded(LocalWorker worker, Class<?>... kinds) throws Exception {
    assertThat(worker.outcomes()).hasOnlyElementsOfTypes(kinds);
  }

  @Test
  void aClaimWhoseReplyIsLostIsNotTakenForADuplicate() throws Exception {
    try (LocalWorker worker = LocalWorker.on(tables)) {
      worker.wire.failNext("PutItem", Fault.loseReply());
      worker.add("t/0/0", Write.event("e").put(tables.sharded(), item("hot", "v")));
      assertEnded(worker, Outcome.Replayed.class);

      assertThat(tables.dynamo().items(tables.sharded())).hasSize(1);
      assertThat(worker.wire.requests("PutItem")).hasSize(2);
    }
  }

  @Test
  void aSingleCreateWhoseReplyIsLostIsApplied() throws Exception {
    try (LocalWorker worker = LocalWorker.on(tables)) {
      worker.wire.failNext("PutItem", Fault.none(), Fault.loseReply());
      worker.add("t/0/0", create(0));
      assertEnded(worker, Outcome.Applied.class);

      assertAllThere(1);
      assertThat(worker.wire.requests("PutItem")).hasSize(3);
    }
  }

  @Test
  void aBatchOfStatementsWhoseReplyIsLostIsApplied() throws Exception {
    try (LocalWorker worker = LocalWorker.on(tables)) {
      worker.failNext(
          "BatchExecuteStatement", tables.plain(), Fault.loseReply(), Fault.loseReply());
      worker.writeAll(53, "t/0", this::create);
      assertEnded(worker, Outcome.Applied.class);

      assertAllThere(53);
    }
  }

  @Test
  void aBatchOfPutsWhoseReplyIsLostIsApplied() throws Exception {
    try (LocalWorker worker = LocalWorker.on(tables)) {
      worker.wire.failNext("BatchWriteItem", Fault.loseReply(), Fault.loseReply());
      worker.writeAll(53, "t/0", this::put);
      assertEnded(worker, Outcome.Applied.class);

      assertAllThere(53);
    }
  }

  @Test
  void aReleaseWhoseReplyIsLostEndsOnce() throws Exception {
    try (LocalWorker worker = LocalWorker.on(tables)) {
      SourcePosition source = new SourcePosition("t/0/0");
      worker.add("t/0/0", put(0));
      assertEnded(worker, Outcome.Applied.class);
      worker.wire.failNext("DeleteItem", Fault.loseReply());
      var unused =
          worker.writer.release(source, "e0").toCompletableFuture().get(30, TimeUnit.SECONDS);

      assertThat(tables.claims()).isEmpty();
      assertThat(worker.wire.requests("DeleteItem")).hasSize(2);
    }
  }

  @Test
  void throttlesAndServerErrorsOfEveryRequestAreRiddenOut() throws Exception {
    Fault[] passing = {
      Fault.throttle(),
      Fault.error(400, "ThrottlingException", "slow"),
      Fault.internalServerError(),
      Fault.serviceUnavailable(),
      Fault.failBeforeSending()
    };
    try (LocalWorker worker = LocalWorker.on(tables)) {
      worker.wire.failNext("PutItem", passing);
      worker.wire.failNext("BatchWriteItem", passing);
      worker.wire.failNext("BatchExecuteStatement", passing);
      worker.writeAll(31, "t/0", this::put);
      worker.writeAll(31, "t/1", i -> create(100 + i));
      assertEnded(worker, Outcome.Applied.class);

      assertAllThere(62);
    }
  }

  @Test
  void whatIsLeftUnprocessedIsSentAgainAndNotCountedAsDone() throws Exception {
    try (LocalWorker worker = LocalWorker.on(tables)) {
      worker.wire.failNext(
          "BatchWriteItem",
          Fault.unprocessed(Entries.all()),
          Fault.unprocessed(Entries.after(3)),
          Fault.unprocessed(Entries.at(0, 2)));
      worker.failNext(
          "BatchExecuteStatement",
          tables.plain(),
          Fault.statementErrors("ThrottlingError", Entries.all()),
          Fault.statementErrors("ProvisionedThroughputExceeded", Entries.after(2)),
          Fault.statementErrors("InternalServerError", Entries.at(1)));
      worker.writeAll(29, "t/0", this::put);
      worker.writeAll(29, "t/1", i -> create(100 + i));
      worker.add("t/2/0", Write.event("gone").delete(tables.plain(), key("k28", 1)));
      assertEnded(worker, Outcome.Applied.class);

      assertThat(tables.dynamo().items(tables.plain())).hasSize(57);
    }
  }

  @Test
  void anythingMayBreakAndEverythingIsThereOnce() throws Exception {
    long seed = 4_711;
    SplittableRandom random = new SplittableRandom(seed);
    try (LocalWorker worker =
        LocalWorker.on(
            tables,
            b ->
                b.requestTimeout(Duration.ofMillis(500))
                    .backoff(Duration.ofMillis(1), Duration.ofMillis(20)))) {
      worker.wire.always(
          FaultPolicy.sometimes(
              random,
              0.2,
              Fault.loseReply(),
              Fault.failBeforeSending(),
              Fault.throttle(),
              Fault.internalServerError(),
              Fault.swallowReply(),
              Fault.swallowRequest()));
      worker.writeAll(
          211,
          "t/0",
          i ->
              Write.event("e" + i)
                  .put(tables.plain(), item("k" + i, 1, "v" + i))
                  .create(tables.sharded(), item("hot", "v" + i)));
      assertThat(worker.outcomes())
          .as("seed %d", seed)
          .hasOnlyElementsOfTypes(Outcome.Applied.class, Outcome.Replayed.class);

      assertAllThere(211);
      // Two events may be drawn to one of the shards, and then the first stays.
      assertThat(tables.dynamo().items(tables.sharded())).hasSizeBetween(50, 101);
    }
  }
}
