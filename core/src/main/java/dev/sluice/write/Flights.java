package dev.sluice.write;

import dev.sluice.request.Failure;
import java.time.Duration;
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
 * The requests under way: at most so many, of at most so many bytes together (one alone may have
 * more), each with a deadline of our own, since a client's future may never complete. What comes
 * back after the deadline is not looked at.
 */
final class Flights {
  private final int max;
  private final long maxBytes;
  private final long timeoutNanos;
  private final Executor requestExecutor;
  private final Consumer<Runnable> mailbox;
  private final TurnClock clock;
  // In the order of launch, which is that of the deadlines.
  private final Set<Flight<?>> flying = new LinkedHashSet<>();
  private long bytes;
  // Somebody was turned away for his bytes: until something lands, nobody need ask.
  private boolean full;

  Flights(
      int max,
      long maxBytes,
      Duration timeout,
      Executor requestExecutor,
      Consumer<Runnable> mailbox,
      TurnClock clock) {
    this.max = max;
    this.maxBytes = maxBytes;
    this.timeoutNanos = timeout.toNanos();
    this.requestExecutor = requestExecutor;
    this.mailbox = mailbox;
    this.clock = clock;
  }

  boolean hasRoom() {
    return !full && flying.size() < max;
  }

  /** {@return whether a request of a size may be launched now} */
  boolean hasRoom(long size) {
    full |= !flying.isEmpty() && bytes + size > maxBytes;
    return hasRoom();
  }

  int size() {
    return flying.size();
  }

  /**
   * Sends a request; there must be room.
   *
   * @param size its bytes
   * @param send builds and sends it, on the request executor
   * @param failed the reply that stands for a failure
   * @param landed told the reply, in the loop, once
   */
  <R> void launch(
      long size,
      Supplier<CompletableFuture<R>> send,
      Function<Failure, R> failed,
      Consumer<R> landed) {
    Flight<R> flight = new Flight<>(clock.nanos() + timeoutNanos, size, failed, landed);
    flying.add(flight);
    bytes += size;
    try {
      requestExecutor.execute(() -> send(flight, send));
    } catch (RuntimeException | Error rejected) {
      mailbox.accept(() -> land(flight, failed.apply(Failure.of(rejected))));
    }
  }

  private <R> void send(Flight<R> flight, Supplier<CompletableFuture<R>> send) {
    if (flight.over) {
      return;
    }
    CompletableFuture<R> reply;
    try {
      reply = send.get();
    } catch (RuntimeException | Error thrown) {
      mailbox.accept(() -> land(flight, flight.failed.apply(Failure.of(thrown))));
      return;
    }
    CompletableFuture<Void> unused =
        reply
            .exceptionally(thrown -> flight.failed.apply(Failure.of(thrown)))
            .thenAccept(result -> mailbox.accept(() -> land(flight, result)));
  }

  private <R> void land(Flight<R> flight, R reply) {
    if (flying.remove(flight)) {
      bytes -= flight.size;
      full = false;
      flight.over = true;
      flight.landed.accept(reply);
    }
  }

  /** Ends those whose time is up. */
  void expire() {
    for (Flight<?> flight = first(); flight != null; flight = first()) {
      if (flight.deadline > clock.nanos()) {
        return;
      }
      giveUp(flight);
    }
  }

  private <R> void giveUp(Flight<R> flight) {
    land(flight, flight.failed.apply(Failure.noAnswer()));
  }

  OptionalLong nextDeadline() {
    Flight<?> flight = first();
    return flight == null ? OptionalLong.empty() : OptionalLong.of(flight.deadline);
  }

  private @Nullable Flight<?> first() {
    Iterator<Flight<?>> flights = flying.iterator();
    return flights.hasNext() ? flights.next() : null;
  }

  private static final class Flight<R> {
    final long deadline;
    final long size;
    final Function<Failure, R> failed;
    final Consumer<R> landed;
    volatile boolean over;

    Flight(long deadline, long size, Function<Failure, R> failed, Consumer<R> landed) {
      this.deadline = deadline;
      this.size = size;
      this.failed = failed;
      this.landed = landed;
    }
  }
}
