package dev.sluice.kafka.internal.poll;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.partition.OpenRecord;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.model.Outcome;
import dev.sluice.model.RecordException;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.WriteListener;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands writes to the writer, and deals with how each one ends. */
final class WriteHandover {
  private final IdempotentWriter writer;
  private final PollMailbox mailbox;
  private final RetryDelay retryDelay;
  private final InstantSource wallClock;
  private final DeadLetterSender deadLetters;
  private final FatalFailure fatal;
  private final List<PartitionEpoch> waitingForRoom = new ArrayList<>();

  WriteHandover(
      Wiring wiring,
      PollMailbox mailbox,
      RetryDelay retryDelay,
      DeadLetterSender deadLetters,
      FatalFailure fatal) {
    this.writer = wiring.pipeline().writer();
    this.mailbox = mailbox;
    this.retryDelay = retryDelay;
    this.wallClock = wiring.environment().clocks().dates();
    this.deadLetters = deadLetters;
    this.fatal = fatal;
  }

  /**
   * Hands over the record's next write. Says whether the writer took it; if not, its partition is
   * left alone until the writer may have room again. The writer may have none for one write and
   * some for others.
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
      awaitRoom(record.partition);
    }
    return accepted;
  }

  private void awaitRoom(PartitionEpoch partition) {
    if (fatal.raised()) {
      return;
    }
    partition.writerFull = true;
    waitingForRoom.add(partition);
    if (waitingForRoom.size() == 1) {
      writer.onReady(() -> mailbox.execute(this::mayHaveRoom));
    }
  }

  private void mayHaveRoom() {
    waitingForRoom.forEach(partition -> partition.writerFull = false);
    waitingForRoom.clear();
  }

  private void ended(Attempt attempt) {
    OpenRecord record = attempt.record;
    if (!record.partition.answered(record)) {
      return;
    }
    SluiceException failure = attempt.failure;
    if (attempt.outcome != null) {
      record.completed(attempt.index, attempt.outcome, wallClock.instant());
    } else if (failure instanceof RetriableException) {
      tryLater(attempt, failure);
    } else if (failure instanceof RecordException why) {
      record.rejected(attempt.index, why, wallClock.instant());
    } else if (failure != null) {
      fatal.raise(failure);
      return;
    }
    if (record.allEnded()) {
      settle(record);
    } else {
      record.partition.order.answered(record);
    }
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
    retryDelay.failed(attempt.record, ConsumerMetrics.Step.WRITE);
    OpenRecord record = attempt.record;
    if (record.partition.order.failed(record, attempt.index)) {
      retryDelay.begin(record, failure.getMessage());
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
