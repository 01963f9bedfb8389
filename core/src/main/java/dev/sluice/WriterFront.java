package dev.sluice;

import static java.util.Objects.requireNonNull;

import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.BufferFullException;
import dev.sluice.model.CloseReport;
import dev.sluice.model.HotKey;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.model.WriterClosedException;
import dev.sluice.pacing.MonotonicClock;
import dev.sluice.write.Buffer;
import dev.sluice.write.HotKeyView;
import dev.sluice.write.PendingWrite;
import dev.sluice.write.Preparation;
import dev.sluice.write.WriterLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The writer that {@link IdempotentWriterBuilder} builds: what happens on the callers' threads. */
final class WriterFront implements IdempotentWriter {
  private static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LONGEST_CLOSE = Duration.ofDays(365);

  // Over the timeout: for the loop's last turn, and for listeners to be told of what it ended.
  private static final Duration LOOP_GRACE = Duration.ofSeconds(5);
  private static final Duration CALLBACK_GRACE = Duration.ofSeconds(1);

  private final Preparation preparation;
  private final Buffer buffer;
  private final HotKeyView hotKeys;
  private final WriterLoop loop;
  private final Duration maxBlock;
  private final OwnedExecutors owned;
  private final WriterMetrics metrics;
  private final ClaimTerms claims;
  private volatile boolean closed;

  WriterFront(
      Preparation preparation,
      Buffer buffer,
      HotKeyView hotKeys,
      WriterLoop loop,
      Duration maxBlock,
      OwnedExecutors owned,
      WriterMetrics metrics,
      ClaimTerms claims) {
    this.preparation = preparation;
    this.buffer = buffer;
    this.hotKeys = hotKeys;
    this.loop = loop;
    this.maxBlock = maxBlock;
    this.owned = owned;
    this.metrics = metrics;
    this.claims = claims;
  }

  @Override
  public CompletionStage<Outcome> write(SourcePosition source, Write write) {
    return submit(listener -> prepare(source, write, listener));
  }

  @Override
  public CompletionStage<Outcome> replay(
      SourcePosition source, Write write, List<Suffix> recorded) {
    List<Suffix> suffixes = List.copyOf(recorded);
    return submit(
        listener -> {
          PendingWrite pending = prepare(source, write, listener);
          preparation.standInForItsRecord(pending, suffixes);
          return pending;
        });
  }

  private CompletionStage<Outcome> submit(Function<WriteListener, PendingWrite> prepared) {
    CompletableFuture<Outcome> outcome = loop.newFuture();
    try {
      PendingWrite pending = prepared.apply(new FutureListener(outcome));
      acquireRoom(pending);
      loop.accept(pending);
    } catch (SluiceException e) {
      outcome.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      outcome.completeExceptionally(
          new BufferFullException("Interrupted while waiting for room in the writer's buffer."));
    }
    return outcome;
  }

  private void acquireRoom(PendingWrite pending) throws InterruptedException {
    // On its own thread it would wait for room that nobody could give.
    boolean mayWait = !loop.isRunHere();
    Duration wait = mayWait ? maxBlock : Duration.ZERO;
    if (!buffer.acquire(pending.bytes(), () -> !closed && hotKeys.keepsOut(pending), wait)) {
      throw new BufferFullException(
          mayWait
              ? "The writer's buffer stayed full for "
                  + maxBlock
                  + " (maxBlock): the tables take less than is written. Write less, or raise"
                  + " maxBufferedItems or maxBufferedBytes."
              : "The writer's buffer is full, and the call came on the writer's own thread, which"
                  + " cannot wait: give the writer a callbackExecutor that has a thread of its"
                  + " own.");
    }
  }

  @Override
  public boolean tryWrite(SourcePosition source, Write write, WriteListener listener) {
    PendingWrite pending = prepare(source, write, requireNonNull(listener, "listener"));
    if (hotKeys.keepsOut(pending) || !buffer.tryAcquire(pending.bytes())) {
      return false;
    }
    loop.accept(pending);
    return true;
  }

  private PendingWrite prepare(SourcePosition source, Write write, WriteListener listener) {
    requireNonNull(source, "source");
    requireNonNull(write, "write");
    if (closed) {
      throw new WriterClosedException("The writer is closed.");
    }
    try {
      return preparation.prepare(source, write, listener);
    } catch (InvalidWriteException e) {
      metrics.writeInvalid();
      throw e;
    } catch (RuntimeException e) {
      metrics.writeInvalid();
      // Only its class: its message may quote the item.
      throw new InvalidWriteException(
          "The write could not be read: " + e.getClass().getName() + '.');
    }
  }

  @Override
  public void onReady(Runnable ready) {
    buffer.onReady(requireNonNull(ready, "ready"));
  }

  @Override
  public List<HotKey> hotKeys() {
    return hotKeys.keys();
  }

  @Override
  public boolean toleratesCompaction() {
    return claims.toleratesCompaction();
  }

  @Override
  public Optional<Duration> claimRetention() {
    return Optional.ofNullable(claims.retention());
  }

  @Override
  public Optional<Instant> serviceTime() {
    return claimRetention().map(any -> Instant.ofEpochSecond(claims.time().epochSeconds()));
  }

  @Override
  public CompletionStage<Void> flush() {
    return loop.flush();
  }

  @Override
  public CompletionStage<Boolean> release(SourcePosition source, String eventId) {
    requireNonNull(source, "source");
    return loop.release(preparation.ledgerId(requireNonNull(eventId, "eventId")), source);
  }

  @Override
  public CloseReport close(Duration timeout) {
    requireNonNull(timeout, "timeout");
    closed = true;
    // Who is kept out for a hot key is let in, and told that the writer is closed.
    buffer.wakeAll();
    Duration bounded = timeout.compareTo(LONGEST_CLOSE) > 0 ? LONGEST_CLOSE : timeout;
    MonotonicClock clock = new MonotonicClock();
    Instant start = clock.instant();
    try {
      CloseReport report =
          loop.close(bounded).get(bounded.plus(LOOP_GRACE).toMillis(), TimeUnit.MILLISECONDS);
      owned.shutDown(clock, start.plus(bounded).plus(CALLBACK_GRACE));
      return report;
    } catch (TimeoutException e) {
      throw new WriterClosedException(
          "The writer did not close within "
              + bounded
              + ", since its scheduler does not run the loop: it was shut down first, or close was"
              + " called on a thread that the loop needs, such as that of a listener.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WriterClosedException(
          "Interrupted while closing the writer; it goes on closing in the background.");
    } catch (ExecutionException e) {
      throw new IllegalStateException("A close never fails.", e);
    }
  }

  @Override
  public void close() {
    close(DEFAULT_CLOSE_TIMEOUT);
  }

  private record FutureListener(CompletableFuture<Outcome> outcome) implements WriteListener {
    @Override
    public void completed(Outcome ended) {
      outcome.complete(ended);
    }

    @Override
    public void failed(SluiceException failure) {
      outcome.completeExceptionally(failure);
    }
  }
}
