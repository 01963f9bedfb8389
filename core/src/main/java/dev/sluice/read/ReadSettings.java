package dev.sluice.read;

import dev.sluice.pacing.Backoff;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/** How a reader reads, checked. */
record ReadSettings(
    int maxInFlightRequests,
    Duration requestTimeout,
    Duration readTimeout,
    Backoff backoff,
    InstantSource clock,
    RandomGenerator random,
    ScheduledExecutorService scheduler,
    ReadUse use) {}
