/** What batching costs in latency and gives in full requests, in virtual time. */
@NullMarked
package dev.sluice.benchmarks.batching;

import org.jspecify.annotations.NullMarked;
