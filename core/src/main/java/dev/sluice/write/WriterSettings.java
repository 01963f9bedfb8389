package dev.sluice.write;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.flow.Backoff;
import dev.sluice.model.Duplicates;
import java.time.Duration;

/**
 * The writer's settings, checked by the builder, which documents them.
 *
 * @param triggers when a batch of effects is sent
 * @param maxBufferedItems accepted writes that have not ended
 * @param maxBufferedBytes their effects' bytes
 * @param maxInFlightRequests requests under way
 * @param requestTimeout how long one request may take
 * @param deliveryTimeout how long a write is tried for
 * @param maxBlock how long a write waits for room
 * @param backoff between attempts
 * @param duplicates what to do with duplicates
 */
public record WriterSettings(
    BatchTriggers triggers,
    int maxBufferedItems,
    long maxBufferedBytes,
    int maxInFlightRequests,
    Duration requestTimeout,
    Duration deliveryTimeout,
    Duration maxBlock,
    Backoff backoff,
    Duplicates duplicates) {}
