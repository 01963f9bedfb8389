package dev.sluice.kafka.poll;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.deadletter.DeadLetter;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.model.Outcome;
import dev.sluice.model.RecordException;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.WriteListener;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands writes to the writer, and deals with how each one ends. */
final class Handover {
  private final IdempotentWriter writer;
  private final Mailbox mailbox;
  private final Rest rest;
  private final InstantSource wallClock;
  private final DeadLettering deadLetters;
  private final Fatal fatal;
  private final List<Partition> refused = new ArrayList<>();

  Handover(Wiring wiring, Mailbox mailbox, Rest rest, DeadLettering deadLetters, Fatal fatal) {
    this.writer = wiring.writer();
    this.mailbox = mailbox;
    this.rest = rest;
    this.wallClock = wiring.wallClock();
    this.deadLetters = deadLetters;
    this.fatal = fatal;
  }

  /**
   * Hands over the record's next write. Says whether the writer took it; if not, its partition is
   * refused until there is reason to try again. The writer may refuse one write and take others.
   */
  boolean offerNext(OpenRecord record) {
    if (fatal.raised()) {
      return false;
    }
    var attempt = new Attempt(record, record.next());
    record.partition.sent(record);
    record.partition.writes.offered();
    boolean accepted = false;
    try {
      accepted =
          writer.tryWrite(record.source(attempt.index), record.write(attempt.index), attempt);
    } catch (RecordException e) {
      attempt.failed(e);
      accepted = true;
    } catch (RuntimeException e) {
      fatal.raise(e);
    }
    if (accepted) {
      record.taken(attempt.index);
    } else {
      record.partition.writes.answered();
      record.partition.answered(record);
      refused(record.partition);
    }
    return accepted;
  }

  private void refused(Partition partition) {
    if (fatal.raised()) {
      return;
    }
    partition.refused = true;
    refused.add(partition);
    if (refused.size() == 1) {
      writer.onReady(() -> mailbox.execute(this::mayHaveRoom));
    }
  }

  private void mayHaveRoom() {
    refused.forEach(partition -> partition.refused = false);
    refused.clear();
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
      tryLater(attempt, failure);
    } else if (failure instanceof RecordException why) {
      if (why instanceof RejectedWriteException rejected) {
        record.rejected(attempt.index, rejected.suffixes(), rejected.partial());
      }
      givenUp(attempt, DeadLetter.Cause.of(why));
    } else {
      fatal.raise(failure);
      return;
    }
    if (record.allEnded()) {
      settle(record);
    } else {
      record.partition.order.answered(record);
    }
  }

  private void succeeded(Attempt attempt) {
    OpenRecord record = attempt.record;
    Outcome outcome = attempt.outcome;
    if (outcome instanceof Outcome.Conflict conflict) {
      givenUp(attempt, DeadLetter.Cause.of(conflict));
    } else if (outcome instanceof Outcome.Applied applied) {
      record.applied(attempt.index, applied.suffixes());
    } else if (outcome instanceof Outcome.Replayed replayed) {
      record.applied(attempt.index, replayed.suffixes());
    } else if (outcome instanceof Outcome.Superseded superseded) {
      // Even where all of it is stale, an earlier delivery may have applied it before.
      record.applied(attempt.index, superseded.suffixes());
    }
  }

  private void givenUp(Attempt attempt, DeadLetter.Cause why) {
    attempt.record.refused(attempt.index, why, wallClock.instant());
  }

  private void settle(OpenRecord record) {
    if (record.cause() == null) {
      record.partition.order.ended(record);
    } else {
      record.partition.order.leave(record);
      deadLetters.send(record);
    }
  }

  private void tryLater(Attempt attempt, SluiceException failure) {
    rest.failed(attempt.record, ConsumerMetrics.Step.WRITE);
    OpenRecord record = attempt.record;
    if (record.partition.order.failed(record, attempt.index)) {
      rest.begin(record, failure.getMessage());
    }
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
      record.partition.writes.answered();
      mailbox.execute(this);
    }

    @Override
    public void failed(SluiceException why) {
      failure = why;
      record.partition.writes.answered();
      mailbox.execute(this);
    }

    @Override
    public void run() {
      ended(this);
    }
  }
}
