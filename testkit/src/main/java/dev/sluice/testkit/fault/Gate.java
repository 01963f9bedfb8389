package dev.sluice.testkit.fault;

import static java.util.concurrent.CompletableFuture.completedFuture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Holds requests or replies back until a test opens it; afterwards everything passes at once. Safe
 * for use by several threads.
 */
public final class Gate {

  private final List<Supplier<CompletableFuture<Void>>> held = new ArrayList<>();
  private int arrived;
  private boolean open;

  /** A closed gate. */
  public Gate() {}

  /**
   * Opens the gate, for good.
   *
   * @return completes when the service has answered every request that was held, or when what was
   *     held cannot be sent any more; for held replies it is complete at once
   */
  public CompletableFuture<Void> release() {
    List<Supplier<CompletableFuture<Void>>> released;
    synchronized (this) {
      open = true;
      released = List.copyOf(held);
      held.clear();
    }
    return CompletableFuture.allOf(
        released.stream().map(Supplier::get).toArray(CompletableFuture<?>[]::new));
  }

  /** How many are held now. */
  public synchronized int held() {
    return held.size();
  }

  /**
   * Waits until so many have come to this gate since it was made, whether held or let through.
   *
   * @throws AssertionError if the timeout passes before
   */
  public void awaitArrivals(int count, Duration timeout) {
    Monitor.await(
        this,
        () -> arrived >= count,
        timeout,
        () -> "%d came to the gate, not %d".formatted(arrived, count));
  }

  void hold(Runnable passing) {
    holdCall(
        () -> {
          passing.run();
          return completedFuture(null);
        });
  }

  void holdCall(Supplier<CompletableFuture<Void>> passing) {
    synchronized (this) {
      arrived++;
      notifyAll();
      if (!open) {
        held.add(passing);
        return;
      }
    }
    var unused = passing.get();
  }
}
