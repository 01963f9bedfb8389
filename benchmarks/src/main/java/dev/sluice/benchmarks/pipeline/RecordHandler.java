package dev.sluice.benchmarks.pipeline;

import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** What a poll loop does with its records. Used by several loops at once. */
interface RecordHandler extends AutoCloseable {
  /**
   * Makes the effects of the records, and commits them.
   *
   * @param consumer that of the loop
   * @param records of one poll
   * @param polledNanos when it had returned
   * @param stopped whether to leave what is not begun to the next owner
   */
  void handle(
      Consumer<byte[], byte[]> consumer,
      ConsumerRecords<byte[], byte[]> records,
      long polledNanos,
      BooleanSupplier stopped);

  /** Commits, at the end of a loop, what {@link #handle} has not waited for. */
  default void finish(Consumer<byte[], byte[]> consumer) {}

  @Override
  void close();
}
