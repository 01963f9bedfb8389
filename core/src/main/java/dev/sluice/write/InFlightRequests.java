package dev.sluice.write;

import dev.sluice.request.Failure;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests and keeps those that are not answered yet: at most so many, of at most so many
 * bytes together. One that is alone may have more bytes. Each has a deadline of our own, since a
 * client's future may never complete. A reply after the deadline is ignored. Belongs to the loop;
 * requests are built and sent on the request executor.
 */
final class InFlightRequests {
  private final RequestLimits limits;
  private final Executor requestExecutor;
  private final Consumer<Runnable> mailbox;
  private final TurnClock clock;
  // In the order of sending, which is that of the deadlines.
  private final Set<Request<?>> open = new LinkedHashSet<>();
  private long bytes;
  // Somebody was turned away for his bytes: until a request is answered, nobody need ask.
  private boolean full;

  InFlightRequests(
      RequestLimits limits, Executor requestExecutor, Consumer<Runnable> mailbox, TurnClock clock) {
    this.limits = limits;
    this.requestExecutor = requestExecutor;
    this.mailbox = mailbox;
    this.clock = clock;
  }

  boolean hasRoom() {
    return !full && open.size() < limits.maxRequests();
  }

  /** {@return whether a request of a size may be sent now} */
  boolean hasRoom(long size) {
    full |= !open.isEmpty() && bytes + size > limits.maxBytes();
    return hasRoom();
  }

  int size() {
    return open.size();
  }

  /**
   * Sends a request; there must be room.
   *
   * @param size its bytes
   * @param send builds and sends it, on the request executor
   * @param failed the reply that stands for a failure
   * @param answered told the reply, in the loop, once
   */
  <R> void send(
      long size,
      Supplier<CompletableFuture<R>> send,
      Function<Failure, R> failed,
      Consumer<R> answered) {
    Request<R> request =
        new Request<>(clock.nanos() + limits.timeout().toNanos(), size, failed, answered);
    open.add(request);
    bytes += size;
    try {
      requestExecutor.execute(() -> call(request, send));
    } catch (RuntimeException | Error rejected) {
      mailbox.accept(() -> answer(request, failed.apply(Failure.of(rejected))));
    }
  }

  private <R> void call(Request<R> request, Supplier<CompletableFuture<R>> send) {
    if (request.over) {
      return;
    }
    CompletableFuture<R> reply;
    try {
      reply = send.get();
    } catch (RuntimeException | Error thrown) {
      mailbox.accept(() -> answer(request, request.failed.apply(Failure.of(thrown))));
      return;
    }
    CompletableFuture<Void> unused =
        reply
            .exceptionally(thrown -> request.failed.apply(Failure.of(thrown)))
            .thenAccept(result -> mailbox.accept(() -> answer(request, result)));
  }

  private <R> void answer(Request<R> request, R reply) {
    if (open.remove(request)) {
      bytes -= request.size;
      full = false;
      request.over = true;
      request.answered.accept(reply);
    }
  }

  /** Ends those whose time is up. */
  void expire() {
    for (Request<?> request = first(); request != null; request = first()) {
      if (request.deadline > clock.nanos()) {
        return;
      }
      giveUp(request);
    }
  }

  private <R> void giveUp(Request<R> request) {
    answer(request, request.failed.apply(Failure.noAnswer()));
  }

  OptionalLong nextDeadline() {
    Request<?> request = first();
    return request == null ? OptionalLong.empty() : OptionalLong.of(request.deadline);
  }

  private @Nullable Request<?> first() {
    Iterator<Request<?>> requests = open.iterator();
    return requests.hasNext() ? requests.next() : null;
  }

  private static final class Request<R> {
    final long deadline;
    final long size;
    final Function<Failure, R> failed;
    final Consumer<R> answered;
    volatile boolean over;

    Request(long deadline, long size, Function<Failure, R> failed, Consumer<R> answered) {
      this.deadline = deadline;
      this.size = size;
      this.failed = failed;
      this.answered = answered;
    }
  }
}
