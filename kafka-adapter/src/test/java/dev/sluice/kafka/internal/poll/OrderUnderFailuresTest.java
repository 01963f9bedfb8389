package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.FakeWriter;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.Effect;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Whatever writes are applied or not before they end as unknown, and in whichever order those of
 * different items end, each item is in the end as its last record says.
 */
class OrderUnderFailuresTest {
  private static final String[] KEYS = {"a", "b", "c"};
  private static final int RECORDS = 101;

  /** Of several creates the first to arrive stays, whichever that is. */
  private static final Long CREATED = -1L;

  private final LoopRig rig = new LoopRig();
  private final Map<String, Long> table = new HashMap<>();
  private final Map<String, Long> last = new HashMap<>();

  private static Write write(String effect, String key, long offset) {
    Map<String, AttributeValue> id = Map.of("id", AttributeValue.fromS(key));
    Map<String, AttributeValue> item =
        Map.of("id", AttributeValue.fromS(key), "n", AttributeValue.fromN(Long.toString(offset)));
    Write event = Write.event("e" + offset);
    return switch (effect) {
      case "put" -> event.put("payments", item);
      case "putIfNewer" -> event.putIfNewer("payments", item, offset);
      default -> offset % 3 == 0 ? event.delete("payments", id) : event.create("payments", item);
    };
  }

  private void apply(Write write) {
    for (Effect effect : write.effects()) {
      String key = effect.item().get("id").s();
      if (effect instanceof Effect.Delete) {
        table.remove(key);
        continue;
      }
      long offset = Long.parseLong(effect.item().get("n").n());
      if (effect instanceof Effect.Put) {
        table.put(key, offset);
      } else if (effect instanceof Effect.PutIfNewer) {
        table.merge(key, offset, Math::max);
      } else {
        table.putIfAbsent(key, CREATED);
      }
    }
  }

  private static boolean sameItem(FakeWriter.Pending one, FakeWriter.Pending other) {
    return one.write()
        .effects()
        .get(0)
        .item()
        .get("id")
        .equals(other.write().effects().get(0).item().get("id"));
  }

  /** The writer ends writes of one item in their order, those of different items in any. */
  private void endOne(Random random, boolean fail) {
    List<FakeWriter.Pending> pending = List.copyOf(rig.writer.pending);
    FakeWriter.Pending any = pending.get(random.nextInt(pending.size()));
    FakeWriter.Pending next =
        pending.stream().filter(each -> sameItem(each, any)).findFirst().orElseThrow();
    String source = next.source().value();
    if (!fail || random.nextInt(3) > 0) {
      apply(next.write());
      rig.writer.end(source, FakeWriter.APPLIED);
    } else {
      if (random.nextBoolean()) {
        apply(next.write());
      }
      rig.writer.fail(source, new UnknownOutcomeException("timed out", null));
    }
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @CsvSource({
    "put,1",
    "put,2",
    "put,3",
    "put,5",
    "put,7",
    "putIfNewer,1",
    "putIfNewer,2",
    "putIfNewer,3",
    "deleteAndCreate,1",
    "deleteAndCreate,2",
    "deleteAndCreate,3",
    "deleteAndCreate,5"
  })
  void eachItemIsInTheEndAsItsLastRecordSays(String effect, long seed) {
    for (long round = 0; round < 23; round++) {
      run(effect, seed * 1_000 + round);
    }
  }

  private void run(String effect, long seed) {
    var random = new Random(seed);
    var test = new OrderUnderFailuresTest();
    test.rig.mapper =
        record -> Mapped.write(write(effect, new String(record.key(), UTF_8), record.offset()));
    test.rig.started(P0);
    for (long offset = 0; offset < RECORDS; offset++) {
      String key = KEYS[random.nextInt(KEYS.length)];
      test.rig.receive(P0, offset, key, "v");
      if (effect.equals("deleteAndCreate") && offset % 3 == 0) {
        test.last.remove(key);
      } else if (effect.equals("deleteAndCreate")) {
        test.last.putIfAbsent(key, CREATED);
      } else {
        test.last.put(key, offset);
      }
      if (random.nextInt(3) == 0) {
        test.rig.turns(1);
      }
      while (!test.rig.writer.pending.isEmpty() && random.nextInt(3) > 0) {
        test.endOne(random, true);
      }
    }
    for (int turn = 0; turn < 1_000 && !test.isDone(); turn++) {
      test.rig.after(Duration.ofMillis(101));
      while (!test.rig.writer.pending.isEmpty()) {
        test.endOne(random, turn < 50);
      }
    }
    assertThat(test.table).as(effect + ", seed " + seed).isEqualTo(test.last);
    assertThat(test.rig.consumer.commits)
        .as(effect + ", seed " + seed)
        .endsWith("payments-0@" + RECORDS);
  }

  private boolean isDone() {
    List<String> commits = rig.consumer.commits;
    return !commits.isEmpty() && commits.get(commits.size() - 1).endsWith("@" + RECORDS);
  }
}
