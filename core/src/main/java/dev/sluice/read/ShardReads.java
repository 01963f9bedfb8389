package dev.sluice.read;

import dev.sluice.model.SluiceException;
import dev.sluice.request.Failure;
import dev.sluice.request.QueryReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a page of each of some shards, a bounded number at a time: each as often as it takes, with
 * backoff between, until the deadline. A request that is not answered in time is sent again,
 * whether the client notices or not. What was read stays when another shard fails for good.
 */
final class ShardReads {
  private final String table;
  private final ReadSettings settings;
  private final Instant deadline;
  private final List<Shard> shards;
  private final Function<Shard, CompletableFuture<QueryReply>> request;
  private final AtomicReferenceArray<QueryReply.@Nullable Page> pages;
  private final AtomicReference<@Nullable SluiceException> failure = new AtomicReference<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger senders;
  private final CompletableFuture<ShardReads> over = new CompletableFuture<>();

  ShardReads(
      String table,
      ReadSettings settings,
      Instant deadline,
      List<Shard> shards,
      Function<Shard, CompletableFuture<QueryReply>> request) {
    this.table = table;
    this.settings = settings;
    this.deadline = deadline;
    this.shards = shards;
    this.request = request;
    this.pages = new AtomicReferenceArray<>(shards.size());
    this.senders = new AtomicInteger(Math.min(settings.maxInFlightRequests(), shards.size()));
  }

  /** {@return itself, when no request is under way any more; never fails} */
  CompletableFuture<ShardReads> start() {
    for (int sender = senders.get(); sender > 0; sender--) {
      readOn();
    }
    return over;
  }

  /** {@return the page that was read of the shard at this place of the list, if one was} */
  QueryReply.@Nullable Page page(int at) {
    return pages.get(at);
  }

  /** {@return why not all were read, or null if they were} */
  @Nullable SluiceException failure() {
    return failure.get();
  }

  /** Reads one shard after the other, as one of several senders. */
  private void readOn() {
    while (true) {
      int at = next.getAndIncrement();
      if (at >= shards.size() || failure.get() != null) {
        if (senders.decrementAndGet() == 0) {
          over.complete(this);
        }
        return;
      }
      CompletableFuture<Void> one = new CompletableFuture<>();
      attempt(at, 0, null, one);
      if (!one.isDone()) {
        CompletableFuture<Void> unused = one.thenRun(this::readOn);
        return;
      }
    }
  }

  private void attempt(int at, int failures, @Nullable Failure last, CompletableFuture<Void> done) {
    Duration left = Duration.between(settings.clock().instant(), deadline);
    if (left.isNegative() || left.isZero()) {
      fail(ReadFailures.timeout(table, settings.readTimeout(), last), done);
      return;
    }
    long wait = settings.use().take();
    if (wait > 0) {
      long most = Math.min(wait, left.toNanos());
      Future<?> unused = later(most, () -> attempt(at, failures, last, done), done);
      return;
    }
    CompletableFuture<QueryReply> reply = reply(at);
    Duration patience =
        left.compareTo(settings.requestTimeout()) < 0 ? left : settings.requestTimeout();
    Future<?> noAnswer =
        later(
            patience.toNanos(),
            () -> reply.complete(new QueryReply.Failed(Failure.noAnswer())),
            done);
    CompletableFuture<Void> unused =
        reply.thenAccept(
            answer -> {
              noAnswer.cancel(false);
              answered(at, failures, answer, done);
            });
  }

  /** Whatever a client throws is an answer, too, on whichever thread it does. */
  private CompletableFuture<QueryReply> reply(int at) {
    try {
      return request.apply(shards.get(at));
    } catch (RuntimeException | Error thrown) {
      return CompletableFuture.completedFuture(new QueryReply.Failed(Failure.of(thrown)));
    }
  }

  /** Fails the read if the timer takes nothing any more. */
  private Future<?> later(long nanos, Runnable task, CompletableFuture<Void> done) {
    try {
      return settings.scheduler().schedule(task, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      fail(ReadFailures.rejected(table, Failure.of(e)), done);
      return CompletableFuture.completedFuture(null);
    }
  }

  private void answered(int at, int failures, QueryReply answer, CompletableFuture<Void> done) {
    if (answer instanceof QueryReply.Page page) {
      settings.use().took(page.units());
      settings.use().metrics().requestAnswered(table, page.count(), page.units());
      pages.set(at, page);
      done.complete(null);
      return;
    }
    Failure why = ((QueryReply.Failed) answer).failure();
    switch (why.kind()) {
      case RECORD, SYSTEM -> fail(ReadFailures.rejected(table, why), done);
      case THROTTLED, PASSING, UNKNOWN, SYSTEM_IF_LASTING -> {
        if (failure.get() != null) {
          done.complete(null);
        } else {
          retry(at, failures + 1, why, done);
        }
      }
    }
  }

  private void retry(int at, int failures, Failure why, CompletableFuture<Void> done) {
    long delay = settings.backoff().delayNanos(failures, settings.random());
    if (!settings.clock().instant().plusNanos(delay).isBefore(deadline)) {
      fail(
          why.kind().isOfSystem()
              ? ReadFailures.rejected(table, why)
              : ReadFailures.timeout(table, settings.readTimeout(), why),
          done);
      return;
    }
    settings.use().metrics().retried(table, why.code());
    Future<?> unused = later(delay, () -> attempt(at, failures, why, done), done);
  }

  private void fail(SluiceException why, CompletableFuture<Void> done) {
    failure.compareAndSet(null, why);
    done.complete(null);
  }
}
