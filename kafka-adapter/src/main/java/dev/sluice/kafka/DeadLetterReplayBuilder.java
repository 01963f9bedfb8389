package dev.sluice.kafka;

import static java.util.Objects.requireNonNull;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.replay.ReplayPlan;
import dev.sluice.kafka.internal.settings.DeadLetterProperties;
import dev.sluice.kafka.internal.settings.ReplayProperties;
import dev.sluice.kafka.internal.time.Clocks;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.kafka.record.ReplayStart;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** Builds a {@link DeadLetterReplay}. Not thread-safe. */
public final class DeadLetterReplayBuilder {
  private static final int MOST_PER_SECOND = 1_000_000;

  private final Map<String, Object> properties;
  private final IdempotentWriter writer;
  private final Set<String> reasons = new TreeSet<>();
  private @Nullable String deadLetterTopic;
  private @Nullable RecordMapper mapper;
  private @Nullable String group;
  private int recordsPerSecond = 100;
  private @Nullable ReplayStart start;
  private boolean replaysExpired;
  private Map<String, Object> deadLetterProperties = Map.of();
  private InstantSource clock = InstantSource.system();
  private java.util.function.Consumer<Duration> waiting =
      wait -> LockSupport.parkNanos(wait.toNanos());
  private Function<Map<String, Object>, Consumer<byte[], byte[]>> consumerFactory =
      KafkaConsumer::new;
  private Function<Map<String, Object>, Producer<byte[], byte[]>> producerFactory =
      KafkaProducer::new;

  DeadLetterReplayBuilder(Map<String, ?> properties, IdempotentWriter writer) {
    this.properties = new HashMap<>(properties);
    this.writer = requireNonNull(writer, "writer");
  }

  /**
   * The topic to replay. Mandatory.
   *
   * @param topic the dead-letter topic of a consumer
   * @return this builder
   */
  public DeadLetterReplayBuilder deadLetterTopic(String topic) {
    this.deadLetterTopic = requireNonNull(topic, "topic");
    return this;
  }

  /**
   * Says which events a record is. Mandatory; that of the consumer, mended where it was at fault.
   *
   * @param recordMapper called on the thread that runs the replay; it takes turns with a consumer
   *     that has the same object, unless it is {@linkplain RecordMapper#threadSafe thread-safe}
   * @return this builder
   */
  public DeadLetterReplayBuilder mapper(RecordMapper recordMapper) {
    this.mapper = requireNonNull(recordMapper, "recordMapper");
    return this;
  }

  /**
   * Replays only what failed for these reasons; further calls add to them.
   *
   * @param codes of {@link dev.sluice.kafka.record.DeadLetterHeaders#REASON}; all by default
   * @return this builder
   */
  public DeadLetterReplayBuilder reasons(Collection<String> codes) {
    for (String code : codes) {
      if (code.isBlank() || code.contains(",") || code.contains(":")) {
        throw new IllegalArgumentException(
            "reasons holds '"
                + code
                + "'; it must hold codes such as MAPPER_FAILED, each by itself");
      }
    }
    reasons.addAll(codes);
    return this;
  }

  /**
   * How fast records are replayed, so that what the writer does otherwise has room. Every attempt
   * counts.
   *
   * @param records a second at most, 1 to 1,000,000; 100 by default
   * @return this builder
   */
  public DeadLetterReplayBuilder recordsPerSecond(int records) {
    if (records < 1 || records > MOST_PER_SECOND) {
      throw new IllegalArgumentException(
          "recordsPerSecond is " + records + "; it must be from 1 to " + MOST_PER_SECOND);
    }
    this.recordsPerSecond = records;
    return this;
  }

  /**
   * Begins at the beginning of the topic, and not behind what was replayed before (for the same
   * reasons, in the same group). What took effect then is replayed again and takes effect once, as
   * long as the ledger keeps its claim.
   *
   * @return this builder
   */
  public DeadLetterReplayBuilder fromBeginning() {
    return from(ReplayStart.beginning());
  }

  /**
   * Begins elsewhere than where the last replay ended (for the same reasons, in the same group).
   * The next replay begins where this one ends. Needed if the brokers have forgotten where the last
   * one ended, which is a week after its last commit unless {@code offsets.retention.minutes} says
   * otherwise: a replay that notices this does not run without.
   *
   * <p>What had taken effect is replayed again. It takes effect once as long as the ledger keeps
   * its claim, but a {@code put} or {@code delete} of it may be older than what stands there.
   *
   * @param where the beginning, a time, or offsets; where the last replay ended by default
   * @return this builder
   */
  public DeadLetterReplayBuilder from(ReplayStart where) {
    this.start = requireNonNull(where, "where");
    return this;
  }

  /**
   * Replays dead letters of any age. By default those are left whose record first failed longer ago
   * than the ledger keeps a claim ({@link dev.sluice.model.LedgerTable#retention}), or at a time
   * that lies ahead: whether their events took effect is not known any more, and a counter may
   * count twice. They are counted as {@link dev.sluice.kafka.record.ReplayReport#expired}, and this
   * setting replays those that former replays have left, and then goes on where the last one ended.
   * Where no position of a former replay is kept, nothing tells those apart: then it needs {@link
   * #from}, too, and what is replayed again takes effect again. Without effect where there is no
   * ledger.
   *
   * @return this builder
   */
  public DeadLetterReplayBuilder replayExpired() {
    this.replaysExpired = true;
    return this;
  }

  /**
   * The group whose committed offsets say what was replayed already; not the one whose dead letters
   * are replayed. Nobody joins it.
   *
   * @param name a group that no consumer uses, nor a replay for another consumer group; by default
   *     the topic with {@code .replay} behind it, if only some reasons are asked for a dot before
   *     each of them in their alphabetical order, and a colon before the consumer group: {@code
   *     dead.replay.MAPPER_FAILED:billing}
   * @return this builder
   */
  public DeadLetterReplayBuilder group(String name) {
    this.group = requireNonNull(name, "name");
    return this;
  }

  /**
   * Settings for the producer that puts back what fails again; see {@link
   * IdempotentConsumerBuilder#deadLetterProperties}; without them its {@code max.block.ms} is
   * 60,000, since no polling thread waits for it. Where they name other brokers, the dead-letter
   * topic is read from there too.
   *
   * @param settings names and values as the Kafka producer takes them
   * @return this builder
   */
  public DeadLetterReplayBuilder deadLetterProperties(Map<String, ?> settings) {
    this.deadLetterProperties = new HashMap<>(settings);
    return this;
  }

  /**
   * The time: how fast letters are replayed, and how old they are. Durations are measured by it
   * too: it may go back, which holds nothing up, but should not jump forward. If it is one of the
   * JDK's system clocks it tells only dates, as by default: durations are then measured by {@link
   * System#nanoTime}.
   *
   * @param instants the system's clock by default
   * @return this builder
   */
  public DeadLetterReplayBuilder clock(InstantSource instants) {
    this.clock = requireNonNull(instants, "instants");
    return this;
  }

  /** How a run waits, for tests. */
  DeadLetterReplayBuilder waiting(java.util.function.Consumer<Duration> waits) {
    this.waiting = waits;
    return this;
  }

  /**
   * Makes the Kafka consumer, for a wrapped or a simulated one.
   *
   * @param factory given the complete settings; {@code KafkaConsumer::new} by default
   * @return this builder
   */
  public DeadLetterReplayBuilder consumerFactory(
      Function<Map<String, Object>, Consumer<byte[], byte[]>> factory) {
    this.consumerFactory = requireNonNull(factory, "factory");
    return this;
  }

  /**
   * Makes the producer, for a wrapped or a simulated one.
   *
   * @param factory given the complete settings; {@code KafkaProducer::new} by default
   * @return this builder
   */
  public DeadLetterReplayBuilder producerFactory(
      Function<Map<String, Object>, Producer<byte[], byte[]>> factory) {
    this.producerFactory = requireNonNull(factory, "factory");
    return this;
  }

  /**
   * Checks the settings and builds the replay, which connects when it runs. It keeps the settings
   * as they are now, whatever this builder is told later.
   *
   * @return the replay; it may run more than once
   * @throws IllegalArgumentException if a setting is missing, or would break a promise
   */
  public DeadLetterReplay build() {
    String topic = deadLetterTopic;
    if (topic == null || topic.isBlank()) {
      throw new IllegalArgumentException(
          "deadLetterTopic is " + (topic == null ? "missing" : "blank") + "; it must name a topic");
    }
    RecordMapper given = mapper;
    if (given == null) {
      throw new IllegalArgumentException("mapper is missing; it must say which events a record is");
    }
    String consumerGroup = ReplayProperties.consumerGroup(properties);
    Map<String, Object> forConsumer =
        ReplayProperties.complete(
            properties,
            deadLetterProperties,
            group == null ? ReplayProperties.group(topic, reasons, consumerGroup) : group,
            recordsPerSecond);
    Map<String, Object> forProducer =
        DeadLetterProperties.forReplay(forConsumer, deadLetterProperties);
    var consumers = consumerFactory;
    var producers = producerFactory;
    return new DeadLetterReplay(
        new ReplayPlan(
            topic,
            new ReplayPlan.Letters(consumerGroup, reasons, start, replaysExpired),
            recordsPerSecond,
            writer,
            given,
            Clocks.of(clock)),
        () -> consumers.apply(new HashMap<>(forConsumer)),
        () -> producers.apply(new HashMap<>(forProducer)),
        waiting);
  }
}
