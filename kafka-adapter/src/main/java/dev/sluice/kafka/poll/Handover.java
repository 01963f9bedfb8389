package dev.sluice.kafka.poll;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.deadletter.DeadLetter;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.Outcome;
import dev.sluice.model.RecordException;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.WriteListener;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Hands writes to the writer, and deals with how each one ends. */
final class Handover {
  private static final Logger log = LoggerFactory.getLogger(Handover.class);

  private final IdempotentWriter writer;
  private final Mailbox mailbox;
  private final Timers timers;
  private final InstantSource clock;
  private final Backoff backoff;
  private final DeadLettering deadLetters;
  private final Fatal fatal;
  private final ConsumerMetrics metrics;
  private final Queue<Attempt> retriesWithoutRoom = new ArrayDeque<>();
  private boolean full;

  Handover(
      Wiring wiring,
      Mailbox mailbox,
      Timers timers,
      Backoff backoff,
      DeadLettering deadLetters,
      Fatal fatal) {
    this.writer = wiring.writer();
    this.mailbox = mailbox;
    this.timers = timers;
    this.clock = wiring.clock();
    this.backoff = backoff;
    this.deadLetters = deadLetters;
    this.fatal = fatal;
    this.metrics = wiring.metrics();
  }

  /** Whether the writer refused and has not said yet that it has room. */
  boolean full() {
    return full;
  }

  /** Hands over the record's next write. Says whether the writer took it. */
  boolean offerNext(OpenRecord record) {
    if (full || fatal.raised()) {
      return false;
    }
    if (!offer(new Attempt(record, record.next))) {
      return false;
    }
    record.next++;
    return true;
  }

  private boolean offer(Attempt attempt) {
    OpenRecord record = attempt.record;
    record.partition.sent(record);
    boolean accepted = false;
    try {
      accepted =
          writer.tryWrite(record.source(attempt.index), record.write(attempt.index), attempt);
    } catch (RecordException e) {
      attempt.failed(e);
      return true;
    } catch (RuntimeException e) {
      fatal.raise(e);
    }
    if (!accepted) {
      record.partition.answered(record);
      askForRoom();
    }
    return accepted;
  }

  private void askForRoom() {
    if (!full && !fatal.raised()) {
      full = true;
      writer.onReady(() -> mailbox.execute(this::hasRoom));
    }
  }

  private void hasRoom() {
    full = false;
    // Retries first: records behind them on their partitions are waiting longest.
    while (!full && !fatal.raised() && !retriesWithoutRoom.isEmpty()) {
      again(retriesWithoutRoom.remove());
    }
  }

  private void ended(Attempt attempt) {
    OpenRecord record = attempt.record;
    if (!record.partition.answered(record)) {
      return;
    }
    SluiceException failure = attempt.failure;
    if (failure == null) {
      succeeded(attempt);
    } else if (failure instanceof RetriableException) {
      retryLater(attempt, failure);
    } else if (failure instanceof RecordException refused) {
      if (refused instanceof RejectedWriteException rejected) {
        record.rejected(attempt.index, rejected.suffixes(), rejected.partial());
      }
      String reason = refused instanceof InvalidWriteException ? "INVALID_WRITE" : "REJECTED_WRITE";
      settleIf(record, record.writeFailed(new DeadLetter.Cause(reason, describe(refused))));
    } else {
      fatal.raise(failure);
    }
  }

  private void succeeded(Attempt attempt) {
    OpenRecord record = attempt.record;
    Outcome outcome = attempt.outcome;
    if (outcome instanceof Outcome.Conflict conflict) {
      settleIf(
          record,
          record.writeFailed(new DeadLetter.Cause("CONFLICT_" + conflict.kind().name(), "")));
    } else if (outcome instanceof Outcome.Applied applied) {
      settleIf(record, record.writeApplied(attempt.index, applied.suffixes()));
    } else if (outcome instanceof Outcome.Replayed replayed) {
      settleIf(record, record.writeApplied(attempt.index, replayed.suffixes()));
    } else {
      settleIf(record, record.writeEnded());
    }
  }

  private void settleIf(OpenRecord record, boolean allEnded) {
    if (!allEnded) {
      return;
    }
    if (record.cause() == null) {
      record.partition.finish(record);
    } else {
      deadLetters.send(record);
    }
  }

  private void retryLater(Attempt attempt, SluiceException failure) {
    OpenRecord record = attempt.record;
    int failures = record.failedAgain();
    metrics.retried(record.partition.id, ConsumerMetrics.Step.WRITE);
    // One line for each record that has trouble, however long the trouble lasts.
    log.atLevel(failures == 1 ? Level.WARN : Level.DEBUG)
        .log(
            "The write of record {} is tried again (failure {}): {}",
            record.source,
            failures,
            failure.getMessage());
    record.partition.park(record);
    timers.at(clock.instant().plus(backoff.after(failures)), () -> again(attempt));
  }

  /** Writes again. One that finds no room keeps its place among those that wait for it. */
  private void again(Attempt attempt) {
    OpenRecord record = attempt.record;
    if (full && !record.partition.ended()) {
      retriesWithoutRoom.add(attempt);
    } else if (record.partition.unpark(record) && !offer(new Attempt(record, attempt.index))) {
      record.partition.park(record);
      retriesWithoutRoom.add(attempt);
    }
  }

  /** Core's messages name tables, attributes and codes, never keys or contents. */
  private static String describe(RecordException failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getName() : message;
  }

  /** One try of one write. The writer ends it on its own thread, the loop takes it from there. */
  private final class Attempt implements WriteListener, Runnable {
    private final OpenRecord record;
    private final int index;
    private @Nullable Outcome outcome;
    private @Nullable SluiceException failure;

    Attempt(OpenRecord record, int index) {
      this.record = record;
      this.index = index;
    }

    @Override
    public void completed(Outcome how) {
      outcome = how;
      mailbox.execute(this);
    }

    @Override
    public void failed(SluiceException why) {
      failure = why;
      mailbox.execute(this);
    }

    @Override
    public void run() {
      ended(this);
    }
  }
}
