package dev.sluice;

import dev.sluice.request.ServiceTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says how long a writer's claims hold, and what that means for records that vanish.
 *
 * @param toleratesCompaction whether an event takes effect though the record that claimed it
 *     vanished
 * @param retention how long the ledger keeps a claim, or null where no claims are made
 * @param time the service's time, by which claims expire
 */
record ClaimTerms(boolean toleratesCompaction, @Nullable Duration retention, ServiceTime time) {}
