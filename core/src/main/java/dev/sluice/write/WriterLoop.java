package dev.sluice.write;

import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.CloseReport;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.SystemException;
import dev.sluice.model.WriterClosedException;
import dev.sluice.request.LedgerRequests;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the writer's state and gives the stages their turns: replies and timers first, then effects
 * before claims, so that what has begun is finished before more is begun.
 */
public final class WriterLoop {
  private static final Logger log = LoggerFactory.getLogger(WriterLoop.class);

  private final Mailbox mailbox;
  private final Callbacks callbacks;
  private final TurnClock clock;
  private final Timers timers = new Timers();
  private final InFlightRequests requests;
  private final WriteCompletions completions;
  private final WriterStages stages;
  private final WriterMetrics metrics;
  private final HotKeyView hotKeys;
  private final PendingFlushes flushes;
  private final CompletableFuture<CloseReport> closed = new CompletableFuture<>();
  private long sequence;
  private boolean closing;

  /**
   * Creates the loop; it runs when there is something to do.
   *
   * @param settings the writer's settings
   * @param runtime what to run on
   * @param ledger the operations on the ledger, or null where the mode needs none
   * @param routes the declared tables
   * @param buffer gets room back when writes end
   * @param hotKeys shown which keys are hot
   */
  public WriterLoop(
      WriterSettings settings,
      WriterRuntime runtime,
      @Nullable LedgerRequests ledger,
      Collection<TableRoute> routes,
      Buffer buffer,
      HotKeyView hotKeys) {
    this.clock =
        new TurnClock(runtime.clock(), runtime.clockMayBeSet(), settings.deliveryTimeout());
    this.mailbox = new Mailbox(runtime.scheduler(), new Turns());
    this.metrics = runtime.metrics();
    this.callbacks = runtime.callbacks();
    this.hotKeys = hotKeys;
    this.completions = new WriteCompletions(buffer, hotKeys, runtime.callbacks(), clock, metrics);
    this.flushes = new PendingFlushes(completions);
    this.requests =
        new InFlightRequests(settings.requests(), runtime.requestExecutor(), mailbox::post, clock);
    LoopResources resources = new LoopResources(settings, runtime, requests, timers, clock);
    this.stages = StageAssembly.of(ledger, routes, hotKeys, completions, resources);
  }

  /**
   * Accepts a write that has room in the buffer. It ends on every path.
   *
   * @param write the prepared write
   */
  public void accept(PendingWrite write) {
    mailbox.post(write);
  }

  /** {@return a future for a caller, which fails those that wait for it in a callback} */
  public <T> CompletableFuture<T> newFuture() {
    return new CallerFuture<>(callbacks);
  }

  /** {@return whether the calling thread runs the loop, and so cannot wait for it} */
  public boolean isRunHere() {
    return mailbox.isRunHere();
  }

  /**
   * Sends what is gathered.
   *
   * @return completed when all writes accepted before have ended
   */
  public CompletableFuture<Void> flush() {
    CompletableFuture<Void> done = newFuture();
    mailbox.post(() -> flushes.add(sequence, done));
    return done;
  }

  /**
   * Releases a claim.
   *
   * @param id scope and event id
   * @param source the owner of the claim
   * @return completed with whether it was this source's and is gone
   */
  public CompletableFuture<Boolean> release(String id, SourcePosition source) {
    ReleaseStage.Release release = new ReleaseStage.Release(id, source, newFuture());
    mailbox.post(
        () -> {
          if (closed.isDone() || closing) {
            stages.failRelease(release, new WriterClosedException("The writer is closed."));
          } else {
            release.deadline = clock.deadline();
            stages.release(release);
          }
        });
    return release.outcome;
  }

  /**
   * Stops accepting, finishes what is accepted, and ends at the deadline whatever is left.
   *
   * @param timeout how long to wait for what is accepted; of several calls, the earliest end counts
   * @return what was left; the same for every caller
   */
  public CompletableFuture<CloseReport> close(Duration timeout) {
    mailbox.post(
        () -> {
          if (!closing) {
            closing = true;
            flushes.add(sequence, new CompletableFuture<>());
          }
          timers.schedule(clock.nanos() + timeout.toNanos(), this::finish);
        });
    return closed;
  }

  private final class Turns implements Mailbox.Loop {
    @Override
    public long begin() {
      clock.read();
      return clock.nanos();
    }

    @Override
    public void accept(PendingWrite write) {
      write.sequence = sequence++;
      write.deadline = clock.deadline();
      completions.opened(write);
      if (closed.isDone() || closing) {
        completions.fail(write, new WriterClosedException("The writer is closed."));
      } else {
        stages.accept(write);
      }
    }

    @Override
    public OptionalLong end() {
      if (closed.isDone()) {
        // What comes in now is told that the writer is closed; nothing goes out any more.
        completions.publish();
        flushes.endDue();
        return OptionalLong.empty();
      }
      requests.expire();
      timers.runDue(clock.nanos());
      if (closed.isDone()) {
        return OptionalLong.empty();
      }
      completions.expired(clock.nanos()).forEach(stages::expire);
      stages.dispatch(!flushes.isEmpty());
      if (closing && completions.oldestOpen() == null && !stages.isReleasing()) {
        finish();
      }
      completions.publish();
      flushes.endDue();
      completions.reportLoad(requests.size());
      stages.reportPacing(metrics);
      OptionalLong next = nextWake();
      clock.nextTurnBy(next);
      return next;
    }

    @Override
    public void broken(Throwable fault) {
      String why =
          fault instanceof LinkageError
              ? "The writer's loop misses a class or a method: libraries on the class path do not"
                  + " fit each other, see the cause."
              : "The writer's loop failed, which is a fault in Sluice; please report it.";
      log.error("{} The writer is closed.", why, fault);
      closing = true;
      failAll(new SystemException(why, fault.getClass().getSimpleName(), fault));
    }
  }

  private OptionalLong nextWake() {
    if (closed.isDone()) {
      return OptionalLong.empty();
    }
    OptionalLong next = Timers.earlier(timers.next(), requests.nextDeadline());
    next = Timers.earlier(next, completions.nextDeadline(clock.nanos()));
    return requests.hasRoom() ? Timers.earlier(next, stages.nextDue(!flushes.isEmpty())) : next;
  }

  private void finish() {
    failAll(
        new WriterClosedException(
            "The writer was closed before the write ended; its outcome is unknown. Write it again"
                + " from the same source position to finish it."));
  }

  private void failAll(SluiceException failure) {
    if (closed.isDone()) {
      return;
    }
    hotKeys.clear();
    List<PendingWrite> left = completions.open();
    left.forEach(write -> completions.fail(write, failure));
    stages.failReleases(failure);
    completions.publish();
    flushes.endDue();
    mailbox.stop();
    closed.complete(new CloseReport(left.size()));
  }
}
