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

/**
 * Where writes end. Keeps the writes that are open, in the order of their acceptance, and tells
 * listeners on the callback executor, a turn's worth at a time, after the writer's own state and
 * buffer know of the end.
 */
final class Endings {
  private record Ending(
      PendingWrite write, @Nullable Outcome outcome, @Nullable SluiceException failure) {

    void tell() {
      if (outcome != null) {
        write.listener.completed(outcome);
      } else if (failure != null) {
        write.listener.failed(failure);
      }
    }
  }

  private final Set<PendingWrite> open = new LinkedHashSet<>();
  private final Buffer buffer;
  private final Callbacks callbacks;
  private List<Ending> endings = new ArrayList<>();
  private long endedBytes;

  Endings(Buffer buffer, Executor callbackExecutor) {
    this.buffer = buffer;
    this.callbacks = new Callbacks(callbackExecutor);
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
    execute(() -> ended.forEach(ending -> Callbacks.runGuarded(ending::tell)));
  }

  /** Runs on the callback executor, or at once if that no longer takes anything. */
  void execute(Runnable callback) {
    callbacks.execute(callback);
  }
}
