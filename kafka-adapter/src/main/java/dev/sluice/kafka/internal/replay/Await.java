package dev.sluice.kafka.internal.replay;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InterruptException;

/** The end of what a writer was asked for. */
final class Await {
  private Await() {}

  /**
   * Waits for it.
   *
   * @return how it ended
   * @throws InterruptException if the thread is interrupted while it waits
   * @throws RuntimeException what it failed with
   */
  static <T> T of(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new CompletionException(e.getCause());
    }
  }
}
