package dev.sluice.benchmarks.writer;

import java.util.List;

/** A way of writing events so that each is claimed and takes effect. */
interface Variant extends AutoCloseable {

  /**
   * Writes events, from one thread, and returns when all of them are durable.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws IllegalStateException if any was not written
   */
  void write(List<Event> events) throws InterruptedException;

  @Override
  void close();
}
