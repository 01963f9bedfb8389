package dev.sluice.kafka;

import dev.sluice.kafka.record.GuardedMapper;
import dev.sluice.kafka.record.RecordMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the mapper of each instance of a consumer, and says if some will wait for others. */
final class InstanceMappers {
  private static final Logger log = LoggerFactory.getLogger(InstanceMappers.class);

  private InstanceMappers() {}

  /**
   * One for each instance.
   *
   * @throws IllegalArgumentException if there is none
   */
  static List<RecordMapper> of(@Nullable Supplier<? extends RecordMapper> given, int instances) {
    if (given == null) {
      throw new IllegalArgumentException("mapper is missing; it must say which events a record is");
    }
    List<RecordMapper> made = new ArrayList<>();
    List<GuardedMapper> guarded = new ArrayList<>();
    boolean takeTurns = false;
    for (int i = 0; i < instances; i++) {
      RecordMapper mapper = given.get();
      if (mapper == null) {
        throw new IllegalArgumentException(
            "mappers gave null for instance " + i + "; it must give a mapper each time");
      }
      made.add(mapper);
      GuardedMapper guard = GuardedMapper.of(mapper);
      takeTurns |= guard.takesTurnsWith(guarded);
      guarded.add(guard);
    }
    if (takeTurns) {
      log.warn(
          "{} instances take turns with one mapper, or with its deserialisers: give each its own by mappers(...), or say RecordMapper.threadSafe(mapper) if it keeps nothing between calls",
          instances);
    }
    return made;
  }
}
