package dev.sluice.kafka.internal.replay;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.kafka.record.ReplayStart;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a replay does. Immutable.
 *
 * @param topic the dead-letter topic
 * @param group the consumer group whose dead letters are replayed
 * @param reasons the codes to replay; empty for all
 * @param start where to begin, or null for where the last replay ended
 * @param replaysExpired whether letters are replayed that are older than the ledger's retention
 * @param recordsPerSecond at most
 * @param writer where events go
 * @param mapper says which events a record is
 * @param clock the time by which durations are measured; it never goes back
 * @param wallClock the date, for dead letters
 */
public record ReplayPlan(
    String topic,
    String group,
    Set<String> reasons,
    @Nullable ReplayStart start,
    boolean replaysExpired,
    int recordsPerSecond,
    IdempotentWriter writer,
    RecordMapper mapper,
    InstantSource clock,
    InstantSource wallClock) {
  /** Copies the reasons. */
  public ReplayPlan {
    reasons = Set.copyOf(reasons);
  }
}
