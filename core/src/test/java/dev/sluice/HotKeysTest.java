package dev.sluice;

import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.HotKey;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** One hot key holds back its own writes, and no others. */
class HotKeysTest {
  private static final int BUFFERED = 202;
  private static final Duration TICK = Duration.ofMillis(10);

  private int written;
  private final Map<Integer, String> lastOfItem = new HashMap<>();
  private final List<Ended> hot = new ArrayList<>();
  private final List<Ended> others = new ArrayList<>();
  private int hotThrottled;
  private int othersThrottled;

  /** Partitions that take less than is offered to the hot key alone. */
  private static Worker worker(Mode mode, double partitionUnits) {
    Worker worker = Worker.seeded(mode, 7, b -> b.maxBufferedItems(BUFFERED));
    worker
        .dynamo
        .service()
        .limit(
            PLAIN,
            Throughput.onDemand(53)
                .withPartitionUnits(partitionUnits, 1_000)
                .withBurst(Duration.ofSeconds(1)),
            worker.time.now());
    return worker;
  }

  private boolean offer(Worker worker, String pk, int sk, List<Ended> accepted) {
    Ended ended = new Ended();
    int number = written++;
    Write write = Write.event("e" + number).put(PLAIN, item(pk, sk, "v" + number));
    boolean taken = worker.writer.tryWrite(new SourcePosition("t/0/" + number), write, ended);
    if (taken) {
      accepted.add(ended);
      worker.ended.add(ended);
      if (accepted == hot) {
        lastOfItem.put(sk, "v" + number);
      }
    }
    return taken;
  }

  /** Offers the hot key 500 writes a second, and others 100, which come last. */
  private void run(Worker worker, int seconds) {
    for (int tick = 0; tick < seconds * 100; tick++) {
      worker.time.advance(TICK);
      for (int i = 0; i < 5; i++) {
        hotThrottled += offer(worker, "hot", written % 31, hot) ? 0 : 1;
      }
      othersThrottled += offer(worker, "k" + written % 101, 1, others) ? 0 : 1;
    }
  }

  private static void assertAllApplied(List<Ended> writes) {
    assertThat(writes)
        .allSatisfy(
            write -> {
              assertThat(write.times).isEqualTo(1);
              assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
            });
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"KEYED", "LEDGER"})
  void aHotKeyTakesHalfOfTheBufferAndLeavesTheRestToOthers(Mode mode) {
    Worker worker = worker(mode, 101);
    run(worker, 3);
    othersThrottled = 0;
    hotThrottled = 0;
    int hotBefore = hot.size();
    run(worker, 20);

    assertThat(worker.writer.hotKeys())
        .extracting(HotKey::partitionKey)
        .contains(AttributeValue.fromS("hot"));
    assertThat(hotThrottled).isPositive();
    assertThat(othersThrottled).isZero();
    // It goes on at what its partition takes.
    assertThat(hot.size() - hotBefore).isBetween(101 * 20 * 7 / 10, 101 * 20 * 11 / 10);
    worker.await();
    assertAllApplied(worker.ended);
  }

  @Test
  void nothingOfAHotKeyIsLostAndEachItemKeepsItsOrder() {
    Worker worker = worker(Mode.KEYED, 101);
    run(worker, 10);
    worker.await();

    assertAllApplied(worker.ended);
    Map<Integer, String> stands = new HashMap<>();
    for (Map<String, AttributeValue> item : worker.dynamo.items(PLAIN)) {
      if (item.get("pk").s().equals("hot")) {
        stands.put(Integer.parseInt(item.get("sk").n()), item.get("value").s());
      }
    }
    assertThat(stands).isEqualTo(lastOfItem);
  }

  @Test
  void whatCameBackOfAHotKeyWaitsForItsTurnToo() {
    Worker worker = worker(Mode.KEYED, 11);
    run(worker, 5);
    double before = throttledUnits(worker);
    worker.await();

    // 100 writes of the hot key are left: whatever is sent again is sent at its pace.
    assertThat(throttledUnits(worker) - before).isLessThan(60);
  }

  private static double throttledUnits(Worker worker) {
    return worker.dynamo.service().usage(PLAIN).throttledWriteUnits();
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void whatWaitsInAHotLineEndsByItsDeadline(Mode mode) {
    Worker worker = worker(mode, 3);
    run(worker, 10);
    worker.time.advance(Worker.DELIVERY_TIMEOUT.plusMillis(10));

    assertThat(worker.ended).allMatch(write -> write.times == 1);
    assertThat(hot)
        .anyMatch(write -> write.outcome != null)
        .anyMatch(write -> write.failure instanceof UnknownOutcomeException);
    worker.time.advance(Duration.ofSeconds(15));
    assertThat(worker.writer.hotKeys()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void closeEndsWhatWaitsInAHotLine(Mode mode) {
    Worker worker = worker(mode, 3);
    run(worker, 5);
    worker.closeInVirtualTime(Duration.ofSeconds(1));
    worker.time.runUntilIdle();

    assertThat(worker.ended).allMatch(write -> write.times == 1);
  }
}
