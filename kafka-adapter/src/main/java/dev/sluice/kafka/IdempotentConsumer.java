package dev.sluice.kafka;

import static java.util.Objects.requireNonNull;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.poll.PollLoop;
import dev.sluice.kafka.poll.Wiring;
import dev.sluice.kafka.record.ConsumerCloseReport;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads Kafka topics and hands each record's events to an {@link IdempotentWriter}; a record's
 * offset is committed only when its effects are durable, or it is a duplicate of a record whose
 * effects are, or the dead-letter topic has acknowledged it.
 *
 * <pre>{@code
 * var consumer = IdempotentConsumer.builder(kafkaProperties, writer)
 *     .topics("payments")
 *     .mapper(record -> Mapped.write(Write.event(eventId(record)).create("payments", item(record))))
 *     .deadLetterTopic("payments.billing.dlq")
 *     .build();
 * consumer.start();
 * consumer.close(Duration.ofSeconds(30));
 * }</pre>
 *
 * <p><b>Failures:</b> what is the record's own fault (the mapper throws or rejects it, the write is
 * invalid, refused or in conflict) goes to the dead-letter topic. What may pass is tried again, for
 * as long as it takes. What is neither (access denied, a table gone) ends the consumer: it is
 * logged, {@link #terminated()} fails with it, {@code onFatal} is told, and nothing is lost.
 *
 * <p><b>Threads:</b> all methods may be called from any thread. One polling thread runs the mapper
 * and owns the Kafka consumer; it never blocks on the writer. <b>Owner:</b> whoever built it closes
 * it; the writer stays the caller's own, and is closed after it. A consumer runs once.
 */
public final class IdempotentConsumer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IdempotentConsumer.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration CLOSE_AFTER_FAILURE = Duration.ofSeconds(10);
  private static final long THREAD_END_MILLIS = 1_000;

  private enum Phase {
    NEW,
    STARTED,
    CLOSED_BEFORE_START
  }

  private final Wiring wiring;
  private final Consumer<Throwable> onFatal;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
  private final CompletableFuture<ConsumerCloseReport> report = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> terminated = new CompletableFuture<>();
  private volatile @Nullable Instant closeBy;
  private volatile @Nullable Thread polling;
  private volatile boolean ownThread;

  IdempotentConsumer(Wiring wiring, Consumer<Throwable> onFatal) {
    this.wiring = wiring;
    this.onFatal = onFatal;
  }

  /**
   * Starts building a consumer.
   *
   * @param kafkaProperties settings of the Kafka consumer, {@code bootstrap.servers} and {@code
   *     group.id} at least. Unless given, {@code isolation.level} is {@code read_committed}, {@code
   *     auto.offset.reset} is {@code earliest} and {@code allow.auto.create.topics} is false
   * @param writer where the events go; not closed by the consumer
   * @return a builder with all defaults
   */
  public static IdempotentConsumerBuilder builder(
      Map<String, ?> kafkaProperties, IdempotentWriter writer) {
    return new IdempotentConsumerBuilder(new HashMap<>(kafkaProperties), writer);
  }

  /**
   * Starts building a consumer.
   *
   * @param kafkaProperties as for {@link #builder(Map, IdempotentWriter)}; default values within
   *     count too
   * @param writer where the events go; not closed by the consumer
   * @return a builder with all defaults
   */
  public static IdempotentConsumerBuilder builder(
      Properties kafkaProperties, IdempotentWriter writer) {
    Map<String, Object> properties = new HashMap<>();
    kafkaProperties
        .stringPropertyNames()
        .forEach(name -> properties.put(name, kafkaProperties.getProperty(name)));
    kafkaProperties.forEach((name, value) -> properties.put(name.toString(), value));
    return new IdempotentConsumerBuilder(properties, writer);
  }

  /**
   * Connects, checks the topics, and reads on a thread of its own until {@link #close} or a
   * failure.
   *
   * @throws dev.sluice.model.ConfigurationException if a topic is missing or may not be seen
   * @throws org.apache.kafka.common.KafkaException if a Kafka client refuses its settings
   * @throws IllegalStateException if it was started or closed before
   */
  public void start() {
    PollLoop loop = open();
    Thread thread = new Thread(() -> runToEnd(loop), "sluice-consumer-" + wiring.group());
    ownThread = true;
    polling = thread;
    thread.start();
  }

  /**
   * As {@link #start()}, but reads on the calling thread and returns when the consumer was closed.
   *
   * @throws RuntimeException if it could not go on: what {@link #terminated()} fails with
   */
  public void run() {
    polling = Thread.currentThread();
    Throwable failure = runToEnd(open());
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /**
   * {@return completed when the consumer has ended; failed with what made it end, if not closed}
   */
  public CompletionStage<@Nullable Void> terminated() {
    return terminated.copy();
  }

  /**
   * Takes in no more records, waits for what is in flight while it stays in the group, commits, and
   * leaves. May be called again; called on the polling thread (by a mapper), it only asks for it.
   *
   * @param timeout how long to wait, more than zero; two thirds of it for what is in flight
   * @return what was left
   */
  public ConsumerCloseReport close(Duration timeout) {
    requireNonNull(timeout, "timeout");
    if (phase.compareAndSet(Phase.NEW, Phase.CLOSED_BEFORE_START)) {
      report.complete(new ConsumerCloseReport(true, true, Map.of()));
      terminated.complete(null);
    }
    if (closeBy == null) {
      // A tenth is kept for what the Kafka client does beyond its own timeouts.
      closeBy = wiring.clock().instant().plus(timeout.multipliedBy(9).dividedBy(10));
    }
    Thread thread = polling;
    if (thread == Thread.currentThread()) {
      return notYet();
    }
    try {
      ConsumerCloseReport ended = report.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (thread != null && ownThread) {
        thread.join(THREAD_END_MILLIS);
      }
      return ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return notYet();
    } catch (TimeoutException | ExecutionException e) {
      return notYet();
    }
  }

  /** Closes with a timeout of 30 seconds. */
  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  private static ConsumerCloseReport notYet() {
    return new ConsumerCloseReport(false, false, Map.of());
  }

  private PollLoop open() {
    if (!phase.compareAndSet(Phase.NEW, Phase.STARTED)) {
      throw new IllegalStateException("This consumer was started or closed before; build another.");
    }
    try {
      return PollLoop.open(wiring);
    } catch (RuntimeException | Error e) {
      report.complete(new ConsumerCloseReport(true, true, Map.of()));
      terminated.completeExceptionally(e);
      throw e;
    }
  }

  private @Nullable Throwable runToEnd(PollLoop loop) {
    Throwable failure = null;
    try {
      while (closeBy == null) {
        loop.turn();
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    ConsumerCloseReport left = new ConsumerCloseReport(true, false, Map.of());
    try {
      left = loop.close(timeToClose(failure), failure);
      if (failure == null) {
        loop.check();
      }
    } catch (RuntimeException | Error e) {
      failure = failure == null ? e : failure;
    }
    if (failure != null) {
      log.error("The consumer of group {} has stopped", wiring.group(), failure);
      terminated.completeExceptionally(failure);
    }
    report.complete(left);
    terminated.complete(null);
    if (failure != null) {
      tell(failure);
    }
    return failure;
  }

  private Duration timeToClose(@Nullable Throwable failure) {
    Instant by = closeBy;
    if (failure != null || by == null) {
      return CLOSE_AFTER_FAILURE;
    }
    Duration left = Duration.between(wiring.clock().instant(), by);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private void tell(Throwable failure) {
    try {
      onFatal.accept(failure);
    } catch (RuntimeException e) {
      log.warn("onFatal failed: {}", e.toString());
    }
  }
}
