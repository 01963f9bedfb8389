package dev.sluice.write;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Bounds what is accepted and has not ended, by number and bytes. Safe for use by several threads.
 */
public final class Buffer {
  private final int maxItems;
  private final long maxBytes;
  private final Callbacks callbacks;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private int items;
  private long bytes;
  private List<Runnable> waiting = new ArrayList<>();

  /**
   * Creates an empty buffer.
   *
   * @param maxItems the most writes
   * @param maxBytes the most bytes; every single write has fewer
   * @param callbacks tells those who wait for room
   */
  public Buffer(int maxItems, long maxBytes, Callbacks callbacks) {
    this.maxItems = maxItems;
    this.maxBytes = maxBytes;
    this.callbacks = callbacks;
  }

  /**
   * Takes room for a write if there is some now.
   *
   * @param size the write's bytes
   * @return whether it was taken
   */
  public boolean tryAcquire(long size) {
    lock.lock();
    try {
      return take(size);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes room for a write, waiting for it.
   *
   * @param size the write's bytes
   * @param isKeptOut whether it may not have room even if there is some, asked each time again
   * @param maxWait how long to wait
   * @return whether it was taken in time
   * @throws InterruptedException if the thread is interrupted while waiting
   */
  public boolean acquire(long size, BooleanSupplier isKeptOut, Duration maxWait)
      throws InterruptedException {
    long left = maxWait.toNanos();
    // Who need not wait is not stopped by an interruption either.
    lock.lock();
    try {
      while (isKeptOut.getAsBoolean() || !take(size)) {
        if (left <= 0) {
          return false;
        }
        left = room.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean take(long size) {
    if (items >= maxItems || bytes + size > maxBytes) {
      return false;
    }
    items++;
    bytes += size;
    return true;
  }

  /**
   * Gives room back.
   *
   * @param count the number of writes
   * @param size their bytes
   */
  public void release(int count, long size) {
    List<Runnable> ready;
    lock.lock();
    try {
      items -= count;
      bytes -= size;
      room.signalAll();
      ready = waiting;
      waiting = ready.isEmpty() ? ready : new ArrayList<>();
    } finally {
      lock.unlock();
    }
    ready.forEach(callbacks::execute);
  }

  /**
   * Asks to be told once when something has ended, or at once if the buffer is not full now.
   *
   * @param ready what to run
   */
  public void onReady(Runnable ready) {
    lock.lock();
    try {
      // Too full for a large write may leave room for a small one: only an empty one is never full.
      if (items > 0) {
        waiting.add(ready);
        return;
      }
    } finally {
      lock.unlock();
    }
    callbacks.execute(ready);
  }

  /** Has those who wait ask again whether they are kept out. */
  public void wakeAll() {
    lock.lock();
    try {
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** {@return the number of writes in the buffer} */
  public int items() {
    lock.lock();
    try {
      return items;
    } finally {
      lock.unlock();
    }
  }
}
