package dev.sluice.benchmarks.pipeline;

/** A consumer of a topic that writes its events to a table. */
interface Pipeline extends AutoCloseable {
  /** Begins to read. */
  void start();

  /** Finishes what is under way, commits and leaves the group. */
  @Override
  void close();
}
