package dev.sluice.kafka.internal.poll;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.admin.CompactionCheck;
import dev.sluice.kafka.internal.admin.TopicIds;
import dev.sluice.kafka.internal.partition.SharedEpochs;
import dev.sluice.kafka.internal.settings.ResetPolicy;
import dev.sluice.kafka.internal.settings.Topics;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.kafka.record.RecordMapper;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * All that a loop works with.
 *
 * @param instance which of the consumer's loops this is, from 0
 * @param topics the topics to read
 * @param group the consumer group, for dead letters
 * @param writer where writes go; not closed by the loop
 * @param mapper says which events a record is
 * @param options limits and times
 * @param maxPollInterval what the time between two polls must stay below
 * @param resetSkips whether the client skips records that are there when what it was to read is not
 * @param resetPolicy where a partition begins of which nothing is committed
 * @param epochs what the loops of the consumer know of each other
 * @param metrics told what the loop does; guarded
 * @param operatorPause whether an operator has paused the loop
 * @param compaction warns of topics that are compacted
 * @param topicIds finds out whether a topic was created again
 * @param consumer makes the Kafka consumer; called once; the loop closes it
 * @param deadLetterTopic where records go that cannot be written, or null
 * @param producer makes the producer for it; called once if there is such a topic; the loop closes
 *     it
 * @param ownDeadLetterCluster whether that topic may be on another cluster than the source
 * @param clock the time by which durations are measured; it never goes back
 * @param wallClock the date, for what is told to people
 * @param random for backoff
 * @param idleWait how the loop waits where it may not poll
 */
public record Wiring(
    int instance,
    Topics topics,
    String group,
    IdempotentWriter writer,
    RecordMapper mapper,
    ConsumerOptions options,
    Duration maxPollInterval,
    boolean resetSkips,
    ResetPolicy resetPolicy,
    SharedEpochs epochs,
    ConsumerMetrics metrics,
    OperatorPause operatorPause,
    CompactionCheck compaction,
    TopicIds topicIds,
    Supplier<Consumer<byte[], byte[]>> consumer,
    @Nullable String deadLetterTopic,
    Supplier<Producer<byte[], byte[]>> producer,
    boolean ownDeadLetterCluster,
    InstantSource clock,
    InstantSource wallClock,
    RandomGenerator random,
    IdleWait idleWait) {}
