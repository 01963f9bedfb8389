package dev.sluice.request;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** The time in which the start of a writer must be done, and how it is waited for. */
public interface StartTime {

  /** {@return how long the start may take as a whole} */
  Duration whole();

  /** {@return how much of it is left; not above zero once it is over} */
  Duration left();

  /**
   * Waits for an answer.
   *
   * @param answer the answer
   * @param most for how long at most
   * @return it
   * @throws ExecutionException if there is a failure instead
   * @throws TimeoutException if there is none in time
   * @throws InterruptedException if the thread is interrupted
   */
  <R> R await(CompletableFuture<R> answer, Duration most)
      throws ExecutionException, TimeoutException, InterruptedException;

  /**
   * Waits before an attempt is repeated, but not for longer than is left.
   *
   * @param failures how many attempts have failed in a row, 1 or more
   * @throws InterruptedException if the thread is interrupted
   */
  void pause(int failures) throws InterruptedException;
}
