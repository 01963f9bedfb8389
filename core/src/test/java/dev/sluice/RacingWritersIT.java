package dev.sluice;

import static dev.sluice.fake.Worker.item;
import static dev.sluice.fake.Worker.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.LocalWorker.Tables;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.fault.Fault;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Several writers on the same tables apply each event once. */
@Timeout(120)
@ExtendWith(EmbeddedServers.class)
class RacingWritersIT {
  private final Tables tables;

  RacingWritersIT(EmbeddedDynamoDb dynamo) {
    this.tables = Tables.create(dynamo);
  }

  private Write event(int i) {
    return Write.event("e" + i).put(tables.sharded(), item("key-" + i, "v"));
  }

  @Test
  void twoWritersOfTheSameEventsApplyEachOnce() throws Exception {
    try (LocalWorker one = LocalWorker.on(tables);
        LocalWorker two = LocalWorker.on(tables)) {
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(() -> two.writeAll(101, "t/1", this::event));
      one.writeAll(101, "t/0", this::event);
      other.join();
      List<Outcome> first = one.outcomes();
      List<Outcome> second = two.outcomes();

      for (int i = 0; i < 101; i++) {
        boolean firstWon = first.get(i) instanceof Outcome.Applied;
        assertThat(firstWon ? first.get(i) : second.get(i)).isInstanceOf(Outcome.Applied.class);
        assertThat(firstWon ? second.get(i) : first.get(i))
            .isEqualTo(new Outcome.Duplicate(new SourcePosition((firstWon ? "t/0/" : "t/1/") + i)));
      }
    }
    assertThat(tables.dynamo().items(tables.sharded())).hasSize(101);
  }

  @Test
  void aSecondProcessFinishesWhatTheFirstHadClaimedWhenItDied() throws Exception {
    LocalWorker one = LocalWorker.on(tables);
    one.wire.always(
        request ->
            request.operation().equals("BatchWriteItem") ? Fault.swallowRequest() : Fault.none());
    one.writeAll(101, "t/0", this::event);
    // Effects go out once their claims stand.
    one.wire.awaitRequests("BatchWriteItem", 2, Duration.ofSeconds(30));
    one.die();
    assertThat(tables.dynamo().items(tables.sharded())).isEmpty();

    try (LocalWorker two = LocalWorker.on(tables)) {
      two.writeAll(101, "t/0", this::event);
      assertThat(two.outcomes())
          .hasOnlyElementsOfTypes(Outcome.Replayed.class, Outcome.Applied.class)
          .hasAtLeastOneElementOfType(Outcome.Replayed.class);
    }
    assertThat(tables.dynamo().items(tables.sharded())).hasSize(101);
    one.client.close();
  }

  @Test
  void twoProcessesCountEachEventOnceBetweenThem() throws Exception {
    try (LocalWorker one = LocalWorker.on(tables, Mode.TRANSACTIONAL, b -> b.claimMemory(0));
        LocalWorker two =
            LocalWorker.on(tables, Mode.TRANSACTIONAL, b -> b.maxTransactionEvents(5))) {
      for (int i = 0; i < 101; i++) {
        one.add("t/0/" + i, counted(i));
        two.add("t/1/" + i, counted(i));
      }
      assertThat(one.outcomes())
          .hasOnlyElementsOfTypes(Outcome.Applied.class, Outcome.Duplicate.class);
      assertThat(two.outcomes())
          .hasOnlyElementsOfTypes(Outcome.Applied.class, Outcome.Duplicate.class);
    }
    int sum = 0;
    for (Map<String, AttributeValue> counter : tables.dynamo().items(tables.plain())) {
      sum += Integer.parseInt(counter.get("count").n());
    }
    assertThat(sum).isEqualTo(101);
    assertThat(tables.claims()).hasSize(101);
  }

  /** Every seventh event counts at the same item: transactions meet there. */
  private Write counted(int i) {
    return Write.event("e" + i)
        .update(
            tables.plain(),
            key("counter-" + i % 7, 1),
            "ADD #count :one",
            Map.of("#count", "count"),
            Map.of(":one", AttributeValue.fromN("1")));
  }

  @Test
  void positionsThatEndInDigitsAreNoWritesOfOneRecord() throws Exception {
    for (Mode mode : List.of(Mode.LEDGER, Mode.TRANSACTIONAL)) {
      String line = mode + ".csv#";
      try (LocalWorker one = LocalWorker.on(tables, mode, b -> b);
          LocalWorker two = LocalWorker.on(tables, mode, b -> b)) {
        for (int i = 0; i < 53; i++) {
          one.add(line + i, create(mode, i));
        }
        assertThat(one.outcomes()).hasOnlyElementsOfType(Outcome.Applied.class);
        for (int i = 0; i < 53; i++) {
          two.add(i == 7 ? mode + ".csv" : line + (i + 53), create(mode, i));
        }
        List<Outcome> again = two.outcomes();
        for (int i = 0; i < 53; i++) {
          assertThat(again.get(i)).isEqualTo(new Outcome.Duplicate(new SourcePosition(line + i)));
        }
      }
    }
  }

  private Write create(Mode mode, int i) {
    return Write.event(mode + "-" + i).create(tables.plain(), item(mode + "-" + i, 1, "v"));
  }

  @Test
  void aReplayByAnotherWriterGoesWhereTheFirstHadGone() throws Exception {
    for (int round = 0; round < 3; round++) {
      try (LocalWorker worker = LocalWorker.on(tables)) {
        worker.writeAll(53, "t/0", this::event);
        assertThat(worker.outcomes())
            .hasOnlyElementsOfType(round == 0 ? Outcome.Applied.class : Outcome.Replayed.class);
      }
    }
    assertThat(tables.dynamo().items(tables.sharded())).hasSize(53);
  }
}
