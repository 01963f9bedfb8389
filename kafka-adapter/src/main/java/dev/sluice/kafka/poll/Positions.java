package dev.sluice.kafka.poll;

import dev.sluice.kafka.offsets.OffsetTracker;
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
final class Positions {
  private static final Logger log = LoggerFactory.getLogger(Positions.class);

  /** How often the client is asked. */
  static final Duration LOOK = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final boolean resetSkips;
  private final InstantSource clock;
  private Instant due;

  Positions(Consumer<byte[], byte[]> consumer, Assignments assignments, Wiring wiring) {
    this.consumer = consumer;
    this.assignments = assignments;
    this.resetSkips = wiring.resetSkips();
    this.clock = wiring.clock();
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
  void follow(Collection<Partition> partitions) {
    partitions.forEach(partition -> follow(partition, false));
  }

  /**
   * Asks the client where it reads on.
   *
   * @param forward whether it is followed forward too: where retention has overtaken a partition
   *     there would else be a lag that nobody can work off
   */
  void follow(Partition partition, boolean forward) {
    Progress progress = partition.progress;
    if (!progress.lookedUp || !assignments.owns(partition)) {
      return;
    }
    try {
      long position = consumer.position(partition.id, Duration.ZERO);
      if (position < progress.tracker.position()) {
        setBack(partition, position);
      } else if (forward) {
        if (resetSkips) {
          progress.goesOnAt(position);
        }
        progress.tracker.advanceTo(position);
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
  Partition setBack(Partition partition, long to) {
    OffsetTracker before = partition.progress.tracker;
    long oldest = before.committable();
    log.warn(
        "{} was read up to {} and goes on at {}: its log was cut, or it was set back; what is open starts over",
        partition.id,
        before.position(),
        Math.min(oldest, to));
    Partition next = assignments.restart(partition);
    if (resetSkips) {
      next.progress.wentBack();
    }
    if (oldest < to) {
      consumer.seek(partition.id, oldest);
      next.progress.tracker.advanceTo(oldest, before.committableEpoch());
    } else {
      next.progress.tracker.advanceTo(to, epochOf(to, before));
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
