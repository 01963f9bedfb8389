package dev.sluice.write;

import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where writes end. Keeps the writes that are open, in the order of their acceptance, and tells
 * listeners on the callback executor, a turn's worth at a time, after the writer's own state and
 * buffer know of the end.
 */
final class Endings {
  private static final Logger log = LoggerFactory.getLogger(Endings.class);

  private record Ending(
      PendingWrite write, @Nullable Outcome outcome, @Nullable SluiceException failure) {

    void tell() {
      try {
        if (outcome != null) {
          write.listener.completed(outcome);
        } else if (failure != null) {
          write.listener.failed(failure);
        }
      } catch (RuntimeException e) {
        // Only its class: a user's message may hold what must not be logged.
        log.warn("A write's listener threw {}.", e.getClass().getName());
      }
    }
  }

  private final Set<PendingWrite> open = new LinkedHashSet<>();
  private final Buffer buffer;
  private final Executor callbackExecutor;
  private List<Ending> endings = new ArrayList<>();
  private long endedBytes;

  Endings(Buffer buffer, Executor callbackExecutor) {
    this.buffer = buffer;
    this.callbackExecutor = callbackExecutor;
  }

  void opened(PendingWrite write) {
    open.add(write);
  }

  void complete(PendingWrite write, Outcome outcome) {
    end(write, new Ending(write, outcome, null));
  }

  void fail(PendingWrite write, SluiceException failure) {
    end(write, new Ending(write, null, failure));
  }

  private void end(PendingWrite write, Ending ending) {
    if (open.remove(write)) {
      write.stage = PendingWrite.Stage.ENDED;
      endedBytes += write.bytes;
      endings.add(ending);
    }
  }

  /** {@return the open write that was accepted first, or null} */
  @Nullable PendingWrite oldestOpen() {
    return open.isEmpty() ? null : open.iterator().next();
  }

  /** {@return the open writes whose time is up} */
  List<PendingWrite> expired(long now) {
    List<PendingWrite> expired = List.of();
    for (PendingWrite write : open) {
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
    for (PendingWrite write : open) {
      if (write.deadline > now) {
        return OptionalLong.of(write.deadline);
      }
    }
    return OptionalLong.empty();
  }

  List<PendingWrite> open() {
    return List.copyOf(open);
  }

  /** Gives room back and tells the listeners of what ended since the last call. */
  void publish() {
    if (endings.isEmpty()) {
      return;
    }
    List<Ending> ended = endings;
    endings = new ArrayList<>();
    buffer.release(ended.size(), endedBytes);
    endedBytes = 0;
    execute(() -> ended.forEach(Ending::tell));
  }

  /** Runs on the callback executor, or at once if that no longer takes anything. */
  void execute(Runnable callback) {
    try {
      callbackExecutor.execute(callback);
    } catch (RuntimeException rejected) {
      // A user's executor that was shut down before the writer: nobody's write may stay open.
      callback.run();
    }
  }
}
