package dev.sluice.kafka.internal.poll;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.partition.OpenRecord;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.model.RetriableException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Ends records whose dead letter is acknowledged: releases the claims that they leave behind, so
 * that a corrected event may enter under the same id, and only then lets their offset move.
 */
final class ClaimRelease {
  private final IdempotentWriter writer;
  private final PollMailbox mailbox;
  private final ParkedRecords parked;
  private final FatalFailure fatal;
  private final ConsumerMetrics metrics;

  ClaimRelease(Wiring wiring, PollMailbox mailbox, ParkedRecords parked, FatalFailure fatal) {
    this.writer = wiring.pipeline().writer();
    this.mailbox = mailbox;
    this.parked = parked;
    this.fatal = fatal;
    this.metrics = wiring.pipeline().metrics();
  }

  void finish(OpenRecord record) {
    List<Integer> claims = List.copyOf(record.results().claims());
    if (claims.isEmpty()) {
      record.partition.finish(record);
    }
    for (int index : claims) {
      release(record, index);
    }
  }

  private void release(OpenRecord record, int index) {
    record.partition.sent(record);
    try {
      writer
          .release(record.source(index), record.write(index).eventId())
          .whenCompleteAsync((done, failure) -> released(record, index, failure), mailbox);
    } catch (RuntimeException e) {
      fatal.raise(e);
    }
  }

  private void released(OpenRecord record, int index, @Nullable Throwable failure) {
    if (!record.partition.answered(record)) {
      return;
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause == null) {
      record.results().released(index);
      if (record.results().claims().isEmpty()) {
        record.partition.finish(record);
      }
    } else if (cause instanceof RetriableException) {
      metrics.retried(record.partition.id, ConsumerMetrics.Step.RELEASE);
      parked.retry(record, () -> release(record, index));
    } else {
      fatal.raise(cause);
    }
  }
}
