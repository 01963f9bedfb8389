package dev.sluice.kafka.internal.replay;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.time.Clocks;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.kafka.record.ReplayStart;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a replay does. Immutable.
 *
 * @param topic the dead-letter topic
 * @param letters which of its letters are replayed
 * @param recordsPerSecond at most
 * @param writer where events go
 * @param mapper says which events a record is
 * @param clocks the time
 */
public record ReplayPlan(
    String topic,
    Letters letters,
    int recordsPerSecond,
    IdempotentWriter writer,
    RecordMapper mapper,
    Clocks clocks) {

  /**
   * Which letters of a topic are replayed.
   *
   * @param group the consumer group whose dead letters are replayed
   * @param reasons the codes to replay; empty for all
   * @param start where to begin, or null for where the last replay ended
   * @param expired whether letters are replayed that are older than the ledger's retention
   */
  public record Letters(
      String group, Set<String> reasons, @Nullable ReplayStart start, boolean expired) {
    /** Copies the reasons. */
    public Letters {
      reasons = Set.copyOf(reasons);
    }
  }
}
