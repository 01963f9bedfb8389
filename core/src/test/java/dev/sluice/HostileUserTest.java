package dev.sluice;

import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.BufferFullException;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Whatever a caller's listeners and executors do, every other write ends as it should. */
class HostileUserTest {
  private static final Executor REJECTING =
      task -> {
        throw new RejectedExecutionException("full");
      };

  private static Write put(int i) {
    return Write.event("e" + i).put(PLAIN, item("k" + i, 1, "v"));
  }

  private static void assertAllApplied(Worker worker) {
    assertThat(worker.ended)
        .allSatisfy(
            write -> {
              assertThat(write.times).isEqualTo(1);
              assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
            });
  }

  /** A listener that does something when its write ends, well or not. */
  private static WriteListener doing(Runnable action) {
    return new WriteListener() {
      @Override
      public void completed(Outcome outcome) {
        action.run();
      }

      @Override
      public void failed(SluiceException failure) {
        action.run();
      }
    };
  }

  @Test
  void anErrorThrownByAListenerHurtsNobodyElse() {
    Worker worker = Worker.seeded(1, settings -> settings.callbackExecutor(Runnable::run));
    for (int i = 0; i < 7; i++) {
      worker.writer.tryWrite(
          new SourcePosition("t/0/" + i),
          put(i),
          doing(
              () -> {
                throw new AssertionError("mine");
              }));
      worker.write("t/1/" + i, put(100 + i));
    }
    worker.await();

    assertAllApplied(worker);
  }

  /** Else a listener that waits would hold up the loop, and with it every write. */
  @Test
  void aCallbackExecutorThatRejectsPutsNoListenerOnTheLoop() throws InterruptedException {
    Worker worker =
        Worker.seeded(1, settings -> settings.callbackExecutor(REJECTING).maxBufferedItems(5));
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch told = new CountDownLatch(7);
    WriteListener listener =
        doing(
            () -> {
              threads.add(Thread.currentThread());
              told.countDown();
            });
    for (int i = 0; i < 5; i++) {
      worker.writer.tryWrite(new SourcePosition("t/0/" + i), put(i), listener);
    }
    worker.writer.onReady(told::countDown);
    worker.time.advance(Duration.ofSeconds(3));
    worker.writer.onReady(told::countDown);

    assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(threads).isNotEmpty().doesNotContain(Thread.currentThread());
  }

  @Test
  void whoWaitsInACallbackIsToldSo() {
    Worker worker = Worker.seeded(1);
    SourcePosition other = new SourcePosition("t/1/0");
    for (Supplier<CompletionStage<?>> waitedFor :
        List.<Supplier<CompletionStage<?>>>of(
            () -> worker.writer.write(other, put(9)),
            () -> worker.writer.write(other, put(9)).thenApply(Object::toString),
            () -> worker.writer.flush(),
            () -> worker.writer.release(other, "e8"))) {
      CompletionStage<Object> waits =
          worker
              .writer
              .write(new SourcePosition("t/0/1"), put(1))
              .thenApply(outcome -> waitedFor.get().toCompletableFuture().join());
      worker.time.advance(Duration.ofSeconds(3));

      assertThat(waits.toCompletableFuture())
          .isCompletedExceptionally()
          .failsWithin(Duration.ZERO)
          .withThrowableOfType(ExecutionException.class)
          .withRootCauseInstanceOf(IllegalStateException.class)
          .withMessageContaining("no other write can be told of");
    }
  }

  @Test
  void aListenerOnTheLoopDoesNotWaitForRoom() {
    Worker worker =
        Worker.seeded(1, settings -> settings.callbackExecutor(Runnable::run).maxBufferedItems(2));
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int each = i;
      worker.writer.tryWrite(
          new SourcePosition("t/0/" + i),
          put(i),
          doing(
              () -> {
                for (int more = 0; more < 3; more++) {
                  int id = 10 + 10 * each + more;
                  var unused =
                      worker
                          .writer
                          .write(new SourcePosition("t/1/" + id), put(id))
                          .whenComplete((outcome, failure) -> failures.add(failure));
                }
              }));
    }
    worker.time.advance(Duration.ofSeconds(9));

    assertThat(failures).hasSize(6).hasAtLeastOneElementOfType(BufferFullException.class);
  }

  /** An interruption is for who waits: there was room. */
  @Test
  void anInterruptedThreadMayWriteWhereThereIsRoom() {
    Worker worker = Worker.seeded(1);
    Thread.currentThread().interrupt();
    CompletionStage<Outcome> written = worker.writer.write(new SourcePosition("t/0/0"), put(0));

    assertThat(Thread.interrupted()).isTrue();
    worker.time.advance(Duration.ofSeconds(3));
    assertThat(written.toCompletableFuture()).isCompleted();
  }

  @Test
  void whatWaitsForRoomMayThrow() {
    Worker worker = Worker.seeded(1, settings -> settings.callbackExecutor(Runnable::run));
    worker.write("t/0/0", put(0));
    worker.writer.onReady(
        () -> {
          throw new IllegalStateException("mine");
        });
    worker.await();
    worker.writeAndWait("t/0/1", put(1));

    assertAllApplied(worker);
  }

  @Test
  void requestsMayBeSentOnTheThreadThatAsksForThem() {
    Worker worker =
        Worker.seeded(
            1, settings -> settings.requestExecutor(Runnable::run).callbackExecutor(Runnable::run));
    for (int i = 0; i < 101; i++) {
      worker.write("t/0/" + i, put(i));
    }
    worker.await();

    assertAllApplied(worker);
  }

  @Test
  void aRequestExecutorThatRejectsFailsWritesVisibly() {
    Worker worker = Worker.seeded(1, settings -> settings.requestExecutor(REJECTING));
    Ended write = worker.writeAndWait("t/0/0", put(0));

    assertThat(write.failure).hasMessageContaining("RejectedExecutionException");
  }

  @Test
  void anErrorOfARequestExecutorFailsWritesAndNotTheWriter() {
    int[] calls = {0};
    Worker worker =
        Worker.seeded(
            1,
            settings ->
                settings.requestExecutor(
                    task -> {
                      if (calls[0]++ == 0) {
                        throw new OutOfMemoryError("unable to create native thread");
                      }
                      task.run();
                    }));
    Ended failed = worker.writeAndWait("t/0/0", put(0));
    Ended next = worker.writeAndWait("t/0/1", put(1));

    assertThat(failed.failure).isNotNull();
    assertThat(next.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aListenerMayWriteAgainAndFlush() {
    for (int seed = 0; seed < 20; seed++) {
      boolean inline = seed % 2 == 0;
      Worker worker =
          Worker.seeded(
              seed, settings -> inline ? settings.callbackExecutor(Runnable::run) : settings);
      List<CompletableFuture<Void>> flushes = new ArrayList<>();
      chain(worker, 0, flushes);
      worker.time.runUntil(
          () -> flushes.size() == 13 && flushes.stream().allMatch(CompletableFuture::isDone),
          Duration.ofMinutes(1));

      assertThat(worker.dynamo.items(PLAIN)).as("seed %d", seed).hasSize(13);
    }
  }

  private void chain(Worker worker, int i, List<CompletableFuture<Void>> flushes) {
    if (i < 13) {
      worker.writer.tryWrite(
          new SourcePosition("t/0/" + i),
          put(i),
          doing(
              () -> {
                flushes.add(worker.writer.flush().toCompletableFuture());
                chain(worker, i + 1, flushes);
              }));
    }
  }

  @Test
  void aNullTimeoutIsRejectedAndClosesNothing() {
    Worker worker = Worker.seeded(1);
    assertThatNullPointerException()
        .isThrownBy(() -> worker.writer.close(null))
        .withMessage("timeout");

    assertThat(worker.writeAndWait("t/0/0", put(0)).outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aReleaseThatComesTooLateDoesNotFailAnEarlierOne() {
    Worker worker = Worker.seeded(1);
    SourcePosition source = new SourcePosition("t/0/0");
    worker.writeAndWait("t/0/0", put(0));
    worker.dynamo.next("DeleteItem", new Fate.Late(500));
    var first = worker.writer.release(source, "e0").toCompletableFuture();
    worker.time.advance(Duration.ofMillis(10));
    // Closing goes on in the loop, while this thread is not there to wait for it.
    Thread.currentThread().interrupt();
    try {
      worker.writer.close(Duration.ofSeconds(5));
    } catch (dev.sluice.model.WriterClosedException interrupted) {
      assertThat(Thread.interrupted()).isTrue();
    }
    worker.time.advance(Duration.ofMillis(10));
    var second = worker.writer.release(source, "e0").toCompletableFuture();
    worker.time.advance(Duration.ofSeconds(1));

    assertThat(second).isCompletedExceptionally();
    assertThat(first).isCompletedWithValue(true);
  }
}
