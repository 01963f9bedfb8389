/**
 * Decides how fast requests may go: token buckets, rate control, backoff, hot partition keys and
 * the clock that durations go by. Not exported; {@code WriteBudget} is what users see of it.
 */
@NullMarked
package dev.sluice.pacing;

import org.jspecify.annotations.NullMarked;
