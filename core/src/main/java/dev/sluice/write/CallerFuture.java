package dev.sluice.write;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A future that callers are given. Waiting for it, or for what is made of it, on a thread that
 * tells of writes fails: it would wait for what only that thread, or the callback behind this one,
 * can tell.
 *
 * @param <T> the result
 */
final class CallerFuture<T> extends CompletableFuture<T> {
  private static final Logger log = LoggerFactory.getLogger(CallerFuture.class);

  private final Callbacks callbacks;

  /**
   * Creates a future that is not complete.
   *
   * @param callbacks what tells callers
   */
  CallerFuture(Callbacks callbacks) {
    this.callbacks = callbacks;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CallerFuture<>(callbacks);
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    requireOtherThread();
    return super.get();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    requireOtherThread();
    return super.get(timeout, unit);
  }

  @Override
  public T join() {
    requireOtherThread();
    return super.join();
  }

  private void requireOtherThread() {
    if (!isDone() && callbacks.isRunHere()) {
      String message =
          "A listener, or a stage that depends on a write, waits for a write, a flush or a release"
              + " of the same writer: while it waits, no other write can be told of. Go on in a"
              + " stage of what it waits for (thenAccept, thenCompose), or wait on a thread of your"
              + " own (thenAcceptAsync with an executor).";
      // What a stage throws is seen by nobody, as a rule.
      log.error("{}", message);
      throw new IllegalStateException(message);
    }
  }
}
