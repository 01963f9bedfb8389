package dev.sluice.kafka.deadletter;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.record.RecordMapper;
import java.time.InstantSource;
import java.util.Set;

/**
 * What a replay does. Immutable.
 *
 * @param topic the dead-letter topic
 * @param group the consumer group whose dead letters are replayed
 * @param reasons the codes to replay; empty for all
 * @param fromBeginning whether to begin at the topic's beginning
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
    boolean fromBeginning,
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
