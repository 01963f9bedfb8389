package dev.sluice;

import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.CloseReport;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.model.WriterClosedException;
import dev.sluice.pacing.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing ends every write and takes no longer than it may, whoever is slow. */
@Timeout(60)
class CloseTest {
  private final MonotonicClock clock = new MonotonicClock();

  private static Write put(int i) {
    return Write.event("e" + i).put(PLAIN, item("k" + i, 1, "v"));
  }

  private static WriteListener blockedBy(CountDownLatch told, CountDownLatch gate) {
    return new WriteListener() {
      @Override
      public void completed(Outcome outcome) {
        told.countDown();
        try {
          gate.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException("A listener was interrupted.", e);
        }
      }

      @Override
      public void failed(SluiceException failure) {
        throw failure;
      }
    };
  }

  @Test
  void aSlowListenerHoldsUpNoCloseAndLosesNoOutcome() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    RealTimeWriter real = RealTimeWriter.start();
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    try (real) {
      real.writer.tryWrite(new SourcePosition("t/0/0"), put(0), blockedBy(told, gate));
      assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
      for (int i = 1; i < 53; i++) {
        outcomes.add(
            real.writer.write(new SourcePosition("t/0/" + i), put(i)).toCompletableFuture());
      }
      Instant start = clock.instant();
      CloseReport report = real.writer.close(Duration.ofMillis(300));

      assertThat(report.clean()).isTrue();
      assertThat(Duration.between(start, clock.instant())).isLessThan(Duration.ofSeconds(5));
      gate.countDown();
      for (CompletableFuture<Outcome> outcome : outcomes) {
        assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(Outcome.Applied.class);
      }
    }
    assertThat(real.liveThreads()).isEmpty();
  }

  @Test
  void closingAtOnceTellsEveryWrite() throws Exception {
    for (int round = 0; round < 53; round++) {
      try (RealTimeWriter real = RealTimeWriter.start()) {
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 53; i++) {
          outcomes.add(
              real.writer.write(new SourcePosition("t/0/" + i), put(i)).toCompletableFuture());
        }
        real.writer.close(Duration.ZERO);
        for (CompletableFuture<Outcome> outcome : outcomes) {
          assertThat(outcome.handle((done, failed) -> true).get(20, TimeUnit.SECONDS)).isTrue();
        }
      }
    }
  }

  @Test
  void aTimeoutThatIsAsGoodAsForEverIsNotTakenForNone() throws Exception {
    for (Duration forEver :
        List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofDays(250 * 365))) {
      try (RealTimeWriter real = RealTimeWriter.start()) {
        CompletableFuture<Outcome> outcome =
            real.writer.write(new SourcePosition("t/0/0"), put(0)).toCompletableFuture();

        assertThat(real.writer.close(forEver).clean()).isTrue();
        assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(Outcome.Applied.class);
      }
    }
  }

  @Test
  void aSecondCloseMayBeMoreImpatient() throws Exception {
    try (RealTimeWriter real = RealTimeWriter.start()) {
      real.dynamo.crash();
      real.writer.tryWrite(new SourcePosition("t/0/0"), put(0), new Ended());
      CompletableFuture<CloseReport> patient = new CompletableFuture<>();
      Thread waiting = new Thread(() -> patient.complete(real.writer.close(Duration.ofMinutes(5))));
      waiting.setDaemon(true);
      waiting.start();
      while (waiting.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      CloseReport impatient = real.writer.close(Duration.ofMillis(20));

      assertThat(impatient.unfinished()).isEqualTo(1);
      assertThat(patient.get(20, TimeUnit.SECONDS)).isEqualTo(impatient);
    }
  }

  @Test
  void closeDoesNotHangOnASchedulerThatIsDead() {
    ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    CountDownLatch gate = new CountDownLatch(1);
    RealTimeWriter real = RealTimeWriter.start(settings -> settings.scheduler(scheduler));
    var blocked =
        scheduler.submit(
            () -> {
              gate.await();
              return true;
            });
    real.writer.flush();
    // The loop's turn is among what never runs.
    assertThat(scheduler.shutdownNow()).isNotEmpty();

    assertThatThrownBy(() -> real.writer.close(Duration.ofMillis(20)))
        .isInstanceOf(WriterClosedException.class)
        .hasMessageContaining("scheduler");
    assertThat(blocked).isNotNull();
    real.stopAnswering();
  }
}
