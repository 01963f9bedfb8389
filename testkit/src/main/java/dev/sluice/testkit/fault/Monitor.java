package dev.sluice.testkit.fault;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a condition that changes under an object's lock, followed by {@code notifyAll}. */
final class Monitor {

  private Monitor() {}

  static void await(
      Object lock, BooleanSupplier condition, Duration timeout, Supplier<String> otherwise) {
    long end = System.nanoTime() + timeout.toNanos();
    synchronized (lock) {
      while (!condition.getAsBoolean()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError(otherwise.get() + " within " + timeout);
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(lock, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AssertionError("interrupted: " + otherwise.get(), e);
        }
      }
    }
  }
}
