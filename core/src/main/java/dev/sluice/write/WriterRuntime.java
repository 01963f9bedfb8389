package dev.sluice.write;

import dev.sluice.metrics.WriterMetrics;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/**
 * What the loop runs on.
 *
 * @param clock the time that durations go by; it never runs backwards
 * @param clockMayBeSet whether it may jump forward, as a clock that somebody sets does
 * @param scheduler runs the loop and wakes it; the loop never runs twice at once
 * @param requestExecutor where requests are built and sent
 * @param callbacks tells listeners
 * @param metrics told of everything; never throws
 * @param random shards and backoffs are drawn from it, in the loop
 * @param tokens the tokens of transactions are drawn from it; unlike the other it has no seed that
 *     two processes may share
 */
public record WriterRuntime(
    InstantSource clock,
    boolean clockMayBeSet,
    ScheduledExecutorService scheduler,
    Executor requestExecutor,
    Callbacks callbacks,
    WriterMetrics metrics,
    RandomGenerator random,
    RandomGenerator tokens) {}
