package dev.sluice.write;

import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.WriterClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where writes end. Keeps the writes that are open, in the order of their acceptance, and tells
 * listeners on the callback executor, a turn's worth at a time, after the writer's own state and
 * buffer know of the end.
 */
final class WriteCompletions {
  private final LinkedElements<PendingWrite> open = new LinkedElements<>();
  private final Buffer buffer;
  private final HotKeyView hotKeys;
  private final Callbacks callbacks;
  private final TurnClock clock;
  private final WriterMetrics metrics;
  private List<PendingWrite> ended = new ArrayList<>();
  private long endedBytes;
  private long openBytes;

  WriteCompletions(
      Buffer buffer,
      HotKeyView hotKeys,
      Callbacks callbacks,
      TurnClock clock,
      WriterMetrics metrics) {
    this.buffer = buffer;
    this.hotKeys = hotKeys;
    this.clock = clock;
    this.metrics = metrics;
    this.callbacks = callbacks;
  }

  void opened(PendingWrite write) {
    open.add(write);
    openBytes += write.bytes;
    hotKeys.opened(write);
  }

  void complete(PendingWrite write, Outcome outcome) {
    end(write, outcome, null);
  }

  void fail(PendingWrite write, SluiceException failure) {
    end(write, null, failure);
  }

  /** Ends a write: well, or with a failure. */
  void end(PendingWrite write, @Nullable Outcome outcome, @Nullable SluiceException failure) {
    if (open.remove(write)) {
      write.end(outcome, failure);
      openBytes -= write.bytes;
      hotKeys.ended(write);
      endedBytes += write.bytes;
      metrics.writeEnded(kindOf(outcome, failure), clock.age(write));
      ended.add(write);
    }
  }

  private static WriterMetrics.Ending kindOf(
      @Nullable Outcome outcome, @Nullable SluiceException failure) {
    return outcome == null ? kindOf(failure) : kindOf(outcome);
  }

  private static WriterMetrics.Ending kindOf(Outcome outcome) {
    if (outcome instanceof Outcome.Applied) {
      return WriterMetrics.Ending.APPLIED;
    }
    if (outcome instanceof Outcome.Replayed) {
      return WriterMetrics.Ending.REPLAYED;
    }
    if (outcome instanceof Outcome.Duplicate) {
      return WriterMetrics.Ending.DUPLICATE;
    }
    return outcome instanceof Outcome.Superseded
        ? WriterMetrics.Ending.SUPERSEDED
        : WriterMetrics.Ending.CONFLICT;
  }

  private static WriterMetrics.Ending kindOf(@Nullable SluiceException failure) {
    if (failure instanceof RejectedWriteException) {
      return WriterMetrics.Ending.REJECTED;
    }
    if (failure instanceof RetriableException) {
      return WriterMetrics.Ending.UNKNOWN;
    }
    return failure instanceof WriterClosedException
        ? WriterMetrics.Ending.CLOSED
        : WriterMetrics.Ending.SYSTEM;
  }

  /** {@return the open write that was accepted first, or null} */
  @Nullable PendingWrite oldestOpen() {
    return open.first();
  }

  void reportLoad(int inFlightRequests) {
    PendingWrite oldest = oldestOpen();
    metrics.load(inFlightRequests, open.size(), openBytes, oldest == null ? 0 : clock.age(oldest));
  }

  /** {@return the open writes whose time is up} */
  List<PendingWrite> expired(long now) {
    List<PendingWrite> expired = List.of();
    for (PendingWrite write = open.first(); write != null; write = write.after()) {
      if (write.deadline > now) {
        break;
      }
      if (expired.isEmpty()) {
        expired = new ArrayList<>();
      }
      expired.add(write);
    }
    return expired;
  }

  /** {@return the next time at which a write's time is up} */
  OptionalLong nextDeadline(long now) {
    for (PendingWrite write = open.first(); write != null; write = write.after()) {
      if (write.deadline > now) {
        return OptionalLong.of(write.deadline);
      }
    }
    return OptionalLong.empty();
  }

  List<PendingWrite> open() {
    List<PendingWrite> all = new ArrayList<>(open.size());
    for (PendingWrite write = open.first(); write != null; write = write.after()) {
      all.add(write);
    }
    return all;
  }

  /** Gives room back and tells the listeners of what ended since the last call. */
  void publish() {
    if (ended.isEmpty()) {
      return;
    }
    List<PendingWrite> told = ended;
    ended = new ArrayList<>();
    buffer.release(told.size(), endedBytes);
    endedBytes = 0;
    execute(() -> told.forEach(write -> Callbacks.runGuarded(write::tell)));
  }

  /** Runs where callers are told. */
  void execute(Runnable callback) {
    callbacks.execute(callback);
  }
}
