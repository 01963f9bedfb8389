package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.mapping.MapperAnswer;
import dev.sluice.kafka.internal.partition.OpenRecord;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.settings.ConsumerProperties;
import dev.sluice.kafka.internal.time.Deadline;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.GuardedMapper;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.SystemException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the records of each partition in their order through the mapper to the writer, but for
 * those that wait for others of their key. A record for which the writer has no room stays at the
 * head of its partition, and holds up no other partition.
 */
public final class Dispatcher {
  /** A slow mapper must not keep the loop from polling: one turn maps at most this long. */
  public static final Duration TURN = ConsumerProperties.MAPPER_TURN;

  private final GuardedMapper mapper;
  private final InstantSource clock;
  private final InstantSource wallClock;
  private final WriteHandover handover;
  private final RetryDelay retryDelay;
  private final DeadLetterSender deadLetters;
  private final FatalFailure fatal;

  /** Whoever got room or time last: those behind begin, so that neither being short starves one. */
  private @Nullable PartitionEpoch servedLast;

  /** How many writes the writer has taken. */
  private long taken;

  /** When the turn is over. */
  private Deadline end;

  Dispatcher(
      Wiring wiring,
      WriteHandover handover,
      RetryDelay retryDelay,
      DeadLetterSender deadLetters,
      FatalFailure fatal) {
    this.mapper = GuardedMapper.of(wiring.pipeline().mapper());
    this.clock = wiring.environment().clocks().steady();
    this.wallClock = wiring.environment().clocks().dates();
    this.end = Deadline.after(clock, Duration.ZERO);
    this.handover = handover;
    this.retryDelay = retryDelay;
    this.deadLetters = deadLetters;
    this.fatal = fatal;
  }

  /**
   * Dispatches until each partition has nothing left or awaits room in the writer, or the turn is
   * over.
   */
  void dispatch(List<PartitionEpoch> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    end = Deadline.after(clock, TURN);
    int first = partitions.indexOf(servedLast) + 1;
    for (int i = 0; i < partitions.size(); i++) {
      PartitionEpoch partition = partitions.get((first + i) % partitions.size());
      long before = taken;
      boolean hasTime = dispatch(partition);
      if (taken > before || !hasTime) {
        servedLast = partition;
      }
      if (!hasTime) {
        return;
      }
    }
  }

  /** Says whether there is time for the next partition. */
  private boolean dispatch(PartitionEpoch partition) {
    for (OpenRecord head = partition.head(); head != null; head = partition.head()) {
      if (fatal.raised() || end.isOver()) {
        return false;
      }
      if (partition.order.admit(head) && !dispatch(head)) {
        return !fatal.raised();
      }
      partition.dispatched(head);
    }
    return true;
  }

  /** Says whether the record is off the queue: as done, as handed over, or for a retry delay. */
  private boolean dispatch(OpenRecord record) {
    if (!record.begun && !begin(record)) {
      return false;
    }
    while (record.begun && !record.handedOver()) {
      if (!handover.offerNext(record)) {
        return false;
      }
      taken++;
    }
    return !fatal.raised();
  }

  /**
   * Asks the mapper. Says false if other threads had it until the turn was over: the loop has to
   * poll, and the record stays where it is.
   */
  private boolean begin(OpenRecord record) {
    try {
      if (!mapper.takeTurn(end.left())) {
        return false;
      }
      record.begin(clock.instant());
      answered(record, MapperAnswer.of(mapper, record.raw, record.source));
    } catch (InterruptedException e) {
      // Kafka's, which says the same of a poll; it interrupts the thread again.
      fatal.raise(new InterruptException("The polling thread was interrupted in the mapper.", e));
    } catch (SystemException | ConfigurationException e) {
      fatal.raise(e);
    }
    return true;
  }

  private void answered(OpenRecord record, MapperAnswer answer) {
    if (answer instanceof MapperAnswer.Writes some && !some.writes().isEmpty()) {
      record.mapped(some.writes());
    } else if (answer instanceof MapperAnswer.AtFault fault) {
      deadLetter(record, fault.cause());
    } else if (answer instanceof MapperAnswer.NotNow later) {
      record.begun = false;
      retryDelay.failed(record, ConsumerMetrics.Step.MAP);
      if (record.partition.order.failed(record)) {
        retryDelay.begin(record, "the mapper threw " + later.thrown());
      }
    } else {
      record.partition.order.leave(record);
      record.partition.finish(record);
    }
  }

  private void deadLetter(OpenRecord record, DeadLetter.Cause why) {
    record.fail(why, wallClock.instant());
    record.partition.order.leave(record);
    deadLetters.send(record);
  }
}
