package dev.sluice.kafka.record;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;

/** Where a replay of dead letters begins, if not where the last one ended. Immutable. */
public sealed interface ReplayStart {

  /**
   * At the first dead letter that the topic holds.
   *
   * @return the start
   */
  static ReplayStart beginning() {
    return Beginning.INSTANCE;
  }

  /**
   * At the first dead letter of each partition that was stored at a time or later.
   *
   * @param time by the timestamps of the dead-letter topic
   * @return the start
   */
  static ReplayStart at(Instant time) {
    return new Time(time);
  }

  /**
   * At given offsets.
   *
   * @param offsets for each partition of the dead-letter topic that is to begin elsewhere than
   *     where the last replay ended
   * @return the start
   * @throws IllegalArgumentException if there is none, or one is negative
   */
  static ReplayStart offsets(Map<Integer, Long> offsets) {
    return new Offsets(offsets);
  }

  /** See {@link #beginning}. */
  enum Beginning implements ReplayStart {
    /** The only one. */
    INSTANCE
  }

  /**
   * See {@link #at}.
   *
   * @param time the time
   */
  record Time(Instant time) implements ReplayStart {
    /** Checks that there is a time. */
    public Time {
      requireNonNull(time, "time");
    }
  }

  /**
   * See {@link ReplayStart#offsets}.
   *
   * @param offsets by partition
   */
  record Offsets(Map<Integer, Long> offsets) implements ReplayStart {
    /** Copies and checks the offsets. */
    public Offsets {
      offsets = Map.copyOf(offsets);
      if (offsets.isEmpty()) {
        throw new IllegalArgumentException(
            "offsets is empty; it must name a partition and the offset to begin at");
      }
      offsets.forEach(
          (partition, offset) -> {
            if (partition < 0 || offset < 0) {
              throw new IllegalArgumentException(
                  "offsets holds %d for partition %d; both must be zero or more"
                      .formatted(offset, partition));
            }
          });
    }
  }
}
