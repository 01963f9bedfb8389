package dev.sluice.kafka.internal.poll;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.admin.CompactionCheck;
import dev.sluice.kafka.internal.admin.TopicIds;
import dev.sluice.kafka.internal.partition.SharedEpochs;
import dev.sluice.kafka.internal.settings.ResetPolicy;
import dev.sluice.kafka.internal.settings.Topics;
import dev.sluice.kafka.internal.time.Clocks;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.kafka.record.RecordMapper;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * All that a loop works with.
 *
 * @param instance which of the consumer's loops this is, from 0
 * @param consumer makes the Kafka consumer; called once; the loop closes it
 * @param subscription what is read
 * @param pipeline what is done with it
 * @param deadLetters where records go that cannot be written
 * @param shared what the loops of one consumer have in common
 * @param environment what the loop runs on
 */
public record Wiring(
    int instance,
    Supplier<Consumer<byte[], byte[]>> consumer,
    Subscription subscription,
    Pipeline pipeline,
    DeadLetters deadLetters,
    Shared shared,
    Environment environment) {

  /**
   * What is read.
   *
   * @param topics the topics
   * @param group the consumer group
   * @param maxPollInterval what the time between two polls must stay below
   * @param resetSkips whether the client skips records that are there when what it was to read is
   *     not
   * @param resetPolicy where a partition begins of which nothing is committed
   */
  public record Subscription(
      Topics topics,
      String group,
      Duration maxPollInterval,
      boolean resetSkips,
      ResetPolicy resetPolicy) {}

  /**
   * What is done with what is read.
   *
   * @param writer where writes go; not closed by the loop
   * @param mapper says which events a record is
   * @param options limits and times
   * @param metrics told what the loop does; guarded
   */
  public record Pipeline(
      IdempotentWriter writer,
      RecordMapper mapper,
      ConsumerOptions options,
      ConsumerMetrics metrics) {}

  /**
   * Where records go that cannot be written.
   *
   * @param topic the dead-letter topic, or null if there is none
   * @param producer makes a producer for it; called if there is such a topic; the loop closes it
   * @param ownCluster whether that topic may be on another cluster than the source
   */
  public record DeadLetters(
      @Nullable String topic, Supplier<Producer<byte[], byte[]>> producer, boolean ownCluster) {}

  /**
   * What the loops of one consumer have in common. Thread-safe.
   *
   * @param epochs what the loops know of each other
   * @param operatorPause whether an operator has paused the consumer
   * @param compaction warns of topics that are compacted
   * @param topicIds finds out whether a topic was created again
   */
  public record Shared(
      SharedEpochs epochs,
      OperatorPause operatorPause,
      CompactionCheck compaction,
      TopicIds topicIds) {}

  /**
   * What a loop runs on.
   *
   * @param clocks the time
   * @param random for backoff
   * @param idleWait how the loop waits where it may not poll
   */
  public record Environment(Clocks clocks, RandomGenerator random, IdleWait idleWait) {}
}
