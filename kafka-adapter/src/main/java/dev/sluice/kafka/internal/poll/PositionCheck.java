package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.offsets.OffsetTracker;
import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.partition.PartitionOffsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the client where it reads on at another offset than the one it had come to: the log was
 * cut, retention has overtaken it, or somebody has set it back. Often the next record shows it, but
 * there may be none for a long time, and what is committed must go down before the log has grown
 * past it.
 */
final class PositionCheck {
  private static final Logger log = LoggerFactory.getLogger(PositionCheck.class);

  /** How often the client is asked. */
  static final Duration LOOK = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final boolean resetSkips;
  private final InstantSource clock;
  private Instant due;

  PositionCheck(Consumer<byte[], byte[]> consumer, Assignments assignments, Wiring wiring) {
    this.consumer = consumer;
    this.assignments = assignments;
    this.resetSkips = wiring.subscription().resetSkips();
    this.clock = wiring.environment().clocks().steady();
    this.due = clock.instant().plus(LOOK);
  }

  /** Looks at all partitions every now and then. */
  void lookIfDue() {
    Instant now = clock.instant();
    if (!now.isBefore(due)) {
      due = now.plus(LOOK);
      follow(assignments.all());
    }
  }

  /** Asks the client, which answers at once, whether it has gone back on any of these. */
  void follow(Collection<PartitionEpoch> partitions) {
    partitions.forEach(partition -> follow(partition, false));
  }

  /**
   * Asks the client where it reads on.
   *
   * @param forward whether it is followed forward too: where retention has overtaken a partition
   *     there would else be a lag that nobody can work off
   */
  void follow(PartitionEpoch partition, boolean forward) {
    PartitionOffsets offsets = partition.offsets;
    if (!offsets.lookedUp || !assignments.owns(partition)) {
      return;
    }
    try {
      long position = consumer.position(partition.id, Duration.ZERO);
      if (position < offsets.tracker.position()) {
        setBack(partition, position);
      } else if (forward) {
        if (resetSkips) {
          offsets.goesOnAt(position);
        }
        offsets.tracker.advanceTo(position);
      }
    } catch (RuntimeException e) {
      // It is looked at again; what concerns the loop, the next poll says.
      log.debug("The position of {} is not known", partition.id, e);
    }
  }

  /**
   * The client reads on at an offset below the one it had come to. What is open there counts no
   * more: it may be gone, and other records at the same offsets.
   *
   * @return the epoch that goes on, whose position is that offset, or the one of an older record
   *     that was open: that has to be read again too, since the new epoch knows nothing of it
   */
  PartitionEpoch setBack(PartitionEpoch partition, long to) {
    OffsetTracker before = partition.offsets.tracker;
    long oldest = before.committable();
    log.warn(
        "{} was read up to {} and goes on at {}: its log was cut, or it was set back; what is open starts over",
        partition.id,
        before.position(),
        Math.min(oldest, to));
    PartitionEpoch next = assignments.restart(partition);
    if (resetSkips) {
      next.offsets.wentBack();
    }
    if (oldest < to) {
      consumer.seek(partition.id, oldest);
      next.offsets.tracker.advanceTo(oldest, before.committableEpoch());
    } else {
      next.offsets.tracker.advanceTo(to, epochOf(to, before));
    }
    return next;
  }

  /**
   * What was read up to a higher offset of a log vouches for a lower one too, so that the log may
   * be cut once more. Not so where the client may have gone to the end of another log, whose epochs
   * may be lower: a client that finds a later epoch committed waits for it for ever. At offset 0
   * nothing can be cut.
   */
  private int epochOf(long to, OffsetTracker before) {
    return to == 0 || resetSkips ? OffsetTracker.NO_EPOCH : before.epoch();
  }
}
