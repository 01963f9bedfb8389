package dev.sluice.write;

import java.time.Duration;

/**
 * Limits the requests of a writer that are under way.
 *
 * @param maxRequests how many there may be
 * @param maxBytes how many bytes they may have together
 * @param timeout how long one may take
 */
public record RequestLimits(int maxRequests, long maxBytes, Duration timeout) {}
