package dev.sluice.write;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.flow.WriteBudget;
import dev.sluice.model.Duplicates;
import dev.sluice.model.Mode;
import dev.sluice.pacing.Backoff;
import java.time.Duration;
import java.util.Map;

/**
 * The loop's settings, checked by the builder, which documents them.
 *
 * @param mode how each event takes effect once
 * @param maxTransactionEvents events in one transaction
 * @param triggers when a batch of effects is sent
 * @param maxInFlightRequests requests under way
 * @param maxInFlightBytes their bytes together
 * @param budgets the budget of each table, the ledger included
 * @param requestTimeout how long one request may take
 * @param deliveryTimeout how long a write is tried for
 * @param backoff between attempts
 * @param duplicates what to do with duplicates
 * @param claimMemory entries that are remembered
 */
public record WriterSettings(
    Mode mode,
    int maxTransactionEvents,
    BatchTriggers triggers,
    int maxInFlightRequests,
    long maxInFlightBytes,
    Map<String, WriteBudget> budgets,
    Duration requestTimeout,
    Duration deliveryTimeout,
    Backoff backoff,
    Duplicates duplicates,
    int claimMemory) {}
