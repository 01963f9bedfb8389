package dev.sluice;

import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.BufferFullException;
import dev.sluice.model.CloseReport;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.model.WriterClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The writer is bounded, and every accepted write ends. */
class BufferAndCloseTest {

  private static Write put(int i) {
    return Write.event("e" + i).put(PLAIN, item("k" + i, 1, "v"));
  }

  @Test
  void aFullBufferTakesNothingAndSaysWhenThereIsRoom() {
    Worker worker = Worker.seeded(1, settings -> settings.maxBufferedItems(7));
    for (int i = 0; i < 7; i++) {
      worker.write("t/0/" + i, put(i));
    }
    SourcePosition source = new SourcePosition("t/0/7");
    assertThat(worker.writer.tryWrite(source, put(7), new Ended())).isFalse();

    List<Boolean> accepted = new ArrayList<>();
    worker.writer.onReady(() -> accepted.add(worker.writer.tryWrite(source, put(7), new Ended())));
    worker.await();

    assertThat(accepted).containsExactly(true);
  }

  @Test
  void onReadyOfAnEmptyBufferIsToldAtOnce() {
    Worker worker = Worker.seeded(1);
    List<String> told = new ArrayList<>();
    worker.writer.onReady(() -> told.add("ready"));
    worker.time.runUntilIdle();

    assertThat(told).containsExactly("ready");
  }

  @Test
  void bytesBoundTheBufferToo() {
    Worker worker = Worker.seeded(1, settings -> settings.maxBufferedBytes(4 * 1024 * 1024));
    String large = "x".repeat(300 * 1024);
    for (int i = 0; i < 13; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).put(PLAIN, item("k" + i, 1, large)));
    }

    assertThat(
            worker.writer.tryWrite(
                new SourcePosition("t/0/13"),
                Write.event("e13").put(PLAIN, item("k13", 1, large)),
                new Ended()))
        .isFalse();
  }

  private static Map<String, AttributeValue> ofTinyAttributes(int number, int attributes) {
    Map<String, AttributeValue> item = new HashMap<>(item("k" + number, 1, "v"));
    for (int i = 0; i < attributes; i++) {
      item.put("a" + i, AttributeValue.fromN(Integer.toString(i % 10)));
    }
    return item;
  }

  /** B27: an item of a thousand tiny attributes is 9 KB in its table, and 140 KB of heap. */
  @Test
  void manyTinyAttributesTakeTheRoomThatTheyHold() {
    Worker worker = Worker.seeded(1, settings -> settings.maxBufferedBytes(4 * 1024 * 1024));
    int taken = 0;
    while (worker.writer.tryWrite(
        new SourcePosition("t/0/" + taken),
        Write.event("e" + taken).put(PLAIN, ofTinyAttributes(taken, 1_000)),
        new Ended())) {
      taken++;
    }

    assertThat(taken).isBetween(20, 45);
  }

  /** What the service takes is taken, however small its attributes are: alone, if need be. */
  @Test
  void anItemThatHoldsMoreThanTheWholeBufferGoesAlone() {
    Worker worker = Worker.seeded(1, settings -> settings.maxBufferedBytes(4 * 1024 * 1024));
    Ended large = worker.write("t/0/0", Write.event("e0").put(PLAIN, ofTinyAttributes(0, 40_000)));
    assertThat(worker.writer.tryWrite(new SourcePosition("t/0/1"), put(1), new Ended())).isFalse();
    worker.await();

    assertThat(large.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aBlockingWriteFailsWhenTheBufferStaysFull() {
    Worker worker =
        Worker.seeded(1, settings -> settings.maxBufferedItems(1).maxBlock(Duration.ZERO));
    worker.write("t/0/0", put(0));
    CompletableFuture<Outcome> rejected =
        worker.writer.write(new SourcePosition("t/0/1"), put(1)).toCompletableFuture();

    assertThatThrownBy(rejected::join).hasCauseInstanceOf(BufferFullException.class);
  }

  @Test
  void everyWriteEndsByItsDeadlineWhateverIsStuck() {
    for (int seed = 0; seed < 30; seed++) {
      Worker worker = Worker.seeded(seed, settings -> settings.maxInFlightRequests(3));
      worker.dynamo.always("BatchWriteItem", new Fate.NeverAnswered(seed % 2 == 0));
      for (int i = 0; i < 101; i++) {
        worker.write("t/0/" + i, Write.event("e" + i).put(PLAIN, item("k" + i % 5, 1, "v" + i)));
      }
      worker.time.advance(Worker.DELIVERY_TIMEOUT.plus(Worker.REQUEST_TIMEOUT).plusMillis(1));

      assertThat(worker.ended)
          .allSatisfy(
              write -> {
                assertThat(write.times).isEqualTo(1);
                assertThat(write.failure).isInstanceOf(UnknownOutcomeException.class);
              });
    }
  }

  @Test
  void aListenerThatThrowsHurtsNobody() {
    Worker worker = Worker.seeded(1);
    WriteListener throwing =
        new WriteListener() {
          @Override
          public void completed(Outcome outcome) {
            throw new IllegalStateException("mine");
          }

          @Override
          public void failed(dev.sluice.model.SluiceException failure) {
            throw new IllegalStateException("mine");
          }
        };
    worker.writer.tryWrite(new SourcePosition("t/0/0"), put(0), throwing);
    Ended next = worker.writeAndWait("t/0/1", put(1));

    assertThat(next.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void closeFinishesWhatIsAcceptedAndTakesNoMore() throws Exception {
    try (RealTimeWriter real = RealTimeWriter.start()) {
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 53; i++) {
        outcomes.add(
            real.writer.write(new SourcePosition("t/0/" + i), put(i)).toCompletableFuture());
      }
      CloseReport report = real.writer.close(Duration.ofSeconds(20));

      assertThat(report.clean()).isTrue();
      assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isCompleted());
      assertThatThrownBy(
              () -> real.writer.tryWrite(new SourcePosition("t/0/99"), put(99), new Ended()))
          .isInstanceOf(WriterClosedException.class);
      assertThat(real.liveThreads()).isEmpty();
    }
  }

  @Test
  void closeCompletesEveryWriteEvenIfNothingAnswers() throws Exception {
    try (RealTimeWriter real = RealTimeWriter.start()) {
      real.dynamo.crash();
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 53; i++) {
        outcomes.add(
            real.writer.write(new SourcePosition("t/0/" + i), put(i)).toCompletableFuture());
      }
      CloseReport report = real.writer.close(Duration.ofMillis(50));

      assertThat(report.unfinished()).isEqualTo(53);
      assertThat(outcomes)
          .allSatisfy(
              outcome ->
                  assertThatThrownBy(outcome::join)
                      .hasCauseInstanceOf(WriterClosedException.class));
      assertThat(real.liveThreads()).isEmpty();
    }
  }

  @Test
  void writesThatRaceWithCloseEndToo() throws Exception {
    for (int round = 0; round < 20; round++) {
      try (RealTimeWriter real = RealTimeWriter.start()) {
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        Thread writing =
            new Thread(
                () -> {
                  for (int i = 0; i < 301; i++) {
                    outcomes.add(
                        real.writer
                            .write(new SourcePosition("t/0/" + i), put(i))
                            .toCompletableFuture());
                  }
                });
        writing.start();
        real.writer.close(Duration.ofMillis(round));
        writing.join();

        assertThat(outcomes).hasSize(301).allSatisfy(outcome -> assertThat(outcome).isDone());
      }
    }
  }

  @Test
  void nothingIsSentAfterClose() {
    Worker worker = Worker.seeded(1, settings -> settings.maxInFlightRequests(1).maxBatchItems(5));
    worker.dynamo.always("BatchWriteItem", new Fate.Late(300));
    Write write = Write.event("e");
    for (int i = 0; i < 53; i++) {
      write = write.put(PLAIN, item("k" + i, 1, "v"));
    }
    worker.write("t/0/0", write);
    worker.time.advance(Duration.ofMillis(500));
    worker.closeInVirtualTime(Duration.ofMillis(100));
    int sent = worker.dynamo.sent.size();
    worker.time.advance(Duration.ofMinutes(5));

    assertThat(worker.dynamo.sent).hasSize(sent);
    assertThat(worker.ended).allSatisfy(ended -> assertThat(ended.times).isEqualTo(1));
  }

  @Test
  void closingTwiceReportsTheSame() throws Exception {
    try (RealTimeWriter real = RealTimeWriter.start()) {
      assertThat(real.writer.close(Duration.ofSeconds(1)))
          .isEqualTo(real.writer.close(Duration.ofSeconds(1)));
    }
  }
}
