package dev.sluice.kafka;

import static java.util.Objects.requireNonNull;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.admin.DeadLetterTopicCheck;
import dev.sluice.kafka.internal.log.Trace;
import dev.sluice.kafka.internal.poll.HealthView;
import dev.sluice.kafka.internal.poll.Wiring;
import dev.sluice.kafka.internal.time.CloseBudget;
import dev.sluice.kafka.record.ConsumerCloseReport;
import dev.sluice.kafka.record.ConsumerHealth;
import dev.sluice.kafka.record.ConsumerHealth.State;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
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
 * invalid, rejected or in conflict) goes to the dead-letter topic. What may pass is tried again,
 * for as long as it takes. What is neither (access denied, a table gone) ends the consumer: it is
 * logged (with the messages of Sluice and Kafka only, since others may quote a record), {@link
 * #terminated()} fails with it, {@code onFatal} is told, and nothing is lost. A consumer that ended
 * does not come back by itself: whoever runs the service builds another, after a while. That is
 * needed, too, where {@code group.protocol=consumer} and {@code group.instance.id} are set and the
 * process before this one died without a good-bye: the broker refuses the id ({@code
 * UnreleasedInstanceIdException}) until that one's session is over ({@code
 * group.consumer.session.timeout.ms} of the broker's, 45 s by default), and Kafka cannot tell this
 * from two processes that are given the same id. The classic protocol lets the new process in at
 * once.
 *
 * <p><b>Threads:</b> all methods may be called from any thread. One polling thread (or as many as
 * {@code instances} says) runs the mapper and owns a Kafka consumer; it never blocks on the writer.
 * <b>Owner:</b> whoever built it closes it; the writer stays the caller's own, and is closed after
 * it. A consumer runs once.
 */
public final class IdempotentConsumer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IdempotentConsumer.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
  private static final long THREAD_END_MILLIS = 1_000;

  private enum Phase {
    NEW,
    STARTED,
    CLOSED_BEFORE_START
  }

  private final Instances instances;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
  private final CompletableFuture<ConsumerCloseReport> report = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> terminated = new CompletableFuture<>();
  private final Consumer<Throwable> onFatal;

  IdempotentConsumer(
      List<Wiring> wirings, DeadLetterTopicCheck deadLetterTopic, Consumer<Throwable> onFatal) {
    this.instances = new Instances(wirings, deadLetterTopic, this::ended);
    this.onFatal = onFatal;
  }

  /**
   * Starts building a consumer.
   *
   * @param kafkaProperties settings of the Kafka consumer, {@code bootstrap.servers} and {@code
   *     group.id} at least. Unless given, {@code isolation.level} is {@code read_committed}, {@code
   *     auto.offset.reset} is {@code earliest} and {@code allow.auto.create.topics} is false. With
   *     {@code latest} what arrives before a partition is found is not read, but nothing that came
   *     after is skipped by a crash, since the start of a partition is committed before anything of
   *     it is dispatched; with {@code none} a partition without a committed offset stops the
   *     consumer, and so do a log that was cut below it and a topic that was created again. Names
   *     that begin with {@code sluice.} are this consumer's own settings: those of {@link
   *     dev.sluice.kafka.record.ConsumerOptions} with dots ({@code sluice.max.open.records}), times
   *     in milliseconds ({@code sluice.commit.interval.ms}), and {@code sluice.topics}, {@code
   *     sluice.topics.pattern}, {@code sluice.dead.letter.topic} and {@code sluice.instances}
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
   * @throws dev.sluice.model.ConfigurationException if a topic is missing or may not be seen, or
   *     the dead-letter topic is compacted
   * @throws org.apache.kafka.common.KafkaException if a Kafka client refuses its settings
   * @throws IllegalStateException if it was started or closed before
   */
  public void start() {
    open();
    instances.start(0);
  }

  /**
   * As {@link #start()}, but reads on the calling thread (the first of the instances, if there are
   * several) and returns when the consumer was closed. An interruption of the calling thread closes
   * it as {@link #close()} does; the thread is interrupted still when this returns.
   *
   * @throws RuntimeException if it could not go on: what {@link #terminated()} fails with
   */
  public void run() {
    open();
    instances.run();
    report.join();
    Throwable failure = instances.failure();
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /**
   * Lets the consumer rest: no further record is mapped or handed to the writer, and none is read,
   * until {@link #resume()}. What is with the writer ends and is committed; a write that fails is
   * tried again after {@link #resume()} only, while dead letters and the claims that they release
   * go on. The consumer stays in its group and keeps its partitions, and those that a rebalance
   * brings rest too. The time of the pause does not count for {@code maxRecordAge} of what it keeps
   * waiting. Pausing twice is pausing once; a consumer that was not started yet starts at rest.
   */
  public void pause() {
    instances.wiring().shared().operatorPause().set(true);
    log.info("The consumer of group {} is paused", instances.wiring().subscription().group());
  }

  /** Ends what {@link #pause()} began. Without effect if it is not paused. */
  public void resume() {
    instances.wiring().shared().operatorPause().set(false);
    log.info("The consumer of group {} is resumed", instances.wiring().subscription().group());
  }

  /**
   * How the consumer is at this moment. Never blocks and asks nobody: the polling threads publish
   * what it says.
   *
   * @return its health
   */
  public ConsumerHealth health() {
    return HealthView.of(state(), instances.loops(), instances.wiring());
  }

  /**
   * {@return completed when the consumer has ended; failed with what made it end, if not closed}
   */
  public CompletionStage<@Nullable Void> terminated() {
    return terminated.copy();
  }

  /**
   * Takes in no more records, waits for what is in flight while it stays in the group, commits, and
   * leaves. May be called again; called on the polling thread (by a mapper), it only asks for it. A
   * thread that is interrupted waits no longer, and the consumer goes on closing. If the writer is
   * closed meanwhile, what it did not take is delivered again to the next consumer.
   *
   * @param timeout how long to wait, more than zero; two thirds of it for what is in flight
   * @return what was left
   */
  public ConsumerCloseReport close(Duration timeout) {
    requireNonNull(timeout, "timeout");
    if (phase.compareAndSet(Phase.NEW, Phase.CLOSED_BEFORE_START)) {
      ended(Instances.NOTHING);
    }
    instances.closeWithin(
        CloseBudget.ofCaller(instances.wiring().environment().clocks().steady(), timeout));
    if (report.isDone()) {
      return report.join();
    }
    if (instances.runOnThisThread()) {
      return notYet();
    }
    try {
      ConsumerCloseReport left = awaitReport(timeout);
      instances.join(THREAD_END_MILLIS);
      return left;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return notYet();
    } catch (TimeoutException | ExecutionException e) {
      return notYet();
    }
  }

  private ConsumerCloseReport awaitReport(Duration timeout)
      throws InterruptedException, ExecutionException, TimeoutException {
    Duration first = CloseBudget.beforeHurry(timeout);
    try {
      return report.get(first.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      instances.hurry();
      return report.get(timeout.minus(first).toMillis(), TimeUnit.MILLISECONDS);
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

  private void open() {
    if (!phase.compareAndSet(Phase.NEW, Phase.STARTED)) {
      throw new IllegalStateException("This consumer was started or closed before; build another.");
    }
    instances.open();
  }

  private State state() {
    if (phase.get() == Phase.NEW) {
      return State.NEW;
    }
    if (instances.failure() != null) {
      return State.FAILED;
    }
    if (report.isDone()) {
      return State.CLOSED;
    }
    return instances.wiring().shared().operatorPause().isSet() ? State.PAUSED : State.RUNNING;
  }

  /** Called on the polling thread that ends last, or on the caller's if none ran. */
  private void ended(ConsumerCloseReport left) {
    Throwable failure = instances.failure();
    // First: what runs when the consumer has terminated may close it.
    report.complete(left);
    if (failure == null) {
      terminated.complete(null);
    } else {
      terminated.completeExceptionally(failure);
    }
    if (failure != null && instances.wasOpened()) {
      tell(failure);
    }
  }

  private void tell(Throwable failure) {
    try {
      onFatal.accept(failure);
    } catch (RuntimeException e) {
      log.warn("onFatal failed: {}", Trace.of(e).getMessage());
    }
  }
}
