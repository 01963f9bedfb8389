package dev.sluice.kafka.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.IdempotentConsumer;
import dev.sluice.kafka.record.ConsumerCloseReport;
import dev.sluice.kafka.record.ConsumerHealth;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.RecordMapper;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one process of a service has: a writer, and a consumer that counts each record as the event
 * that its value names.
 */
final class ServiceProcess {
  static final RecordMapper COUNTING =
      record -> Mapped.write(EventTable.count(new String(record.value(), UTF_8)));

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final IdempotentWriter writer;
  private final IdempotentConsumer consumer;
  private final RecordedMetrics metrics = new RecordedMetrics();
  private final AtomicInteger mapped = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();

  private ServiceProcess(
      EventTable table, Map<String, Object> settings, RecordMapper mapper, String... topics) {
    this.writer = table.writer();
    this.consumer =
        IdempotentConsumer.builder(settings, writer)
            .topics(topics)
            .mapper(
                record -> {
                  mapped.incrementAndGet();
                  return mapper.map(record);
                })
            .metrics(metrics)
            .onFatal(fatal::set)
            .build();
  }

  static ServiceProcess start(EventTable table, Map<String, Object> settings, String... topics) {
    return start(table, settings, COUNTING, topics);
  }

  static ServiceProcess start(
      EventTable table, Map<String, Object> settings, RecordMapper mapper, String... topics) {
    var process = new ServiceProcess(table, settings, mapper, topics);
    process.consumer.start();
    return process;
  }

  ConsumerHealth health() {
    return consumer.health();
  }

  RecordedMetrics metrics() {
    return metrics;
  }

  /** How many records it has begun. */
  int mapped() {
    return mapped.get();
  }

  /** What ended it, or null. */
  @Nullable Throwable fatal() {
    return fatal.get();
  }

  /** Closes in order: the consumer, then its writer. */
  ConsumerCloseReport close() {
    return close(PATIENCE);
  }

  /**
   * Closes the consumer within a time that may be too short, and the writer once the consumer has
   * ended.
   */
  ConsumerCloseReport close(Duration timeout) {
    ConsumerCloseReport report = closeConsumer(timeout);
    awaitEnd();
    closeWriter(timeout);
    return report;
  }

  /** Closes the consumer alone. */
  ConsumerCloseReport closeConsumer(Duration timeout) {
    return consumer.close(timeout);
  }

  /** Closes the writer, after the consumer. */
  void closeWriter(Duration timeout) {
    writer.close(timeout);
  }

  private void awaitEnd() {
    CompletableFuture<?> ended = consumer.terminated().toCompletableFuture();
    try {
      ended.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      // Said by fatal().
    } catch (TimeoutException e) {
      throw new AssertionError("the consumer has not ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
