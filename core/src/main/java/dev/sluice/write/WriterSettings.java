package dev.sluice.write;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.flow.WriteBudget;
import dev.sluice.model.Mode;
import dev.sluice.pacing.Backoff;
import java.time.Duration;
import java.util.Map;

/**
 * Holds the settings of a writer, checked. Its builder documents them.
 *
 * @param mode how each event takes effect once
 * @param maxTransactionEvents events in one transaction
 * @param triggers when a batch of effects is sent
 * @param requests limits of the requests under way
 * @param budgets the budget of each table, the ledger included
 * @param deliveryTimeout how long a write is tried for
 * @param backoff between attempts
 * @param claims what is done with claims that stand already
 */
public record WriterSettings(
    Mode mode,
    int maxTransactionEvents,
    BatchTriggers triggers,
    RequestLimits requests,
    Map<String, WriteBudget> budgets,
    Duration deliveryTimeout,
    Backoff backoff,
    ClaimSettings claims) {}
