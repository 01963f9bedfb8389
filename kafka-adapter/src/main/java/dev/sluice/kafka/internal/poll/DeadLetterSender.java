package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.deadletter.DeadLetterAdvice;
import dev.sluice.kafka.internal.deadletter.DeadLetterCodec;
import dev.sluice.kafka.internal.partition.OpenRecord;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.ConsumerOptions.DeadLetterFailure;
import dev.sluice.model.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends dead letters, and releases claims once they are acknowledged; only then a record is done.
 *
 * <p>One that is not taken is sent again for as long as it takes: when its own time has come if the
 * failure is about the record, else when the {@link LetterQueue} lets it through.
 */
final class DeadLetterSender {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterSender.class);

  /** A send that took longer than this has waited for something. */
  private static final Duration SLOW = Duration.ofMillis(50);

  /** How long a failure that may pass is borne with where one is to stop the consumer. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final @Nullable String topic;
  private final @Nullable LetterProducer producer;
  private final String group;
  private final ClaimRelease claims;
  private final PollMailbox mailbox;
  private final ParkedRecords parked;
  private final InstantSource clock;
  private final FatalFailure fatal;
  private final ConsumerMetrics metrics;
  private final boolean stops;

  private final LetterQueue queue;

  DeadLetterSender(
      Wiring wiring,
      @Nullable LetterProducer producer,
      PollMailbox mailbox,
      PollTimers timers,
      RetryBackoff backoff,
      ClaimRelease claims,
      FatalFailure fatal) {
    this.topic = wiring.deadLetters().topic();
    this.producer = producer;
    this.group = wiring.subscription().group();
    this.claims = claims;
    this.clock = wiring.environment().clocks().steady();
    this.mailbox = mailbox;
    this.parked = new ParkedRecords(clock, timers, backoff);
    this.fatal = fatal;
    this.metrics = wiring.pipeline().metrics();
    this.stops = wiring.pipeline().options().deadLetterFailure() == DeadLetterFailure.STOP;
    this.queue = new LetterQueue(wiring, timers, backoff, this::produce, this::renewProducer);
  }

  /**
   * Sends the record, which has failed for good, now or when the topic takes dead letters again.
   */
  void send(OpenRecord record) {
    if (queue.isOpen()) {
      produce(record);
    } else {
      queue.add(record);
    }
  }

  /** Since when the topic takes nothing, or null. */
  @Nullable Instant blockedSince() {
    return queue.blockedSince();
  }

  /** The class of the exception that it last answered with, or null. */
  @Nullable String blockedBy() {
    return queue.blockedBy();
  }

  private void renewProducer() {
    if (producer != null) {
      producer.renew();
    }
  }

  private void produce(OpenRecord record) {
    DeadLetter.Cause cause = record.cause();
    if (topic == null || producer == null || cause == null) {
      fatal.raise(
          new ConfigurationException(
              "Record %s cannot be written (%s) and there is no dead-letter topic to keep it: set deadLetterTopic, or mend the mapper."
                  .formatted(record.source, cause == null ? "" : cause.reason())));
      return;
    }
    var letter =
        new DeadLetter(
            record.raw,
            record.source.value(),
            record.results().suffixes(),
            group,
            cause,
            record.results().partial(),
            new DeadLetter.Attempts(
                record.attempts(), record.firstFailure(), record.lastFailure()));
    record.partition.sent(record);
    var sending = new Sending(record);
    Instant start = clock.instant();
    try {
      Future<?> sent =
          producer
              .current()
              .send(
                  DeadLetterCodec.encode(letter, topic),
                  (metadata, failure) -> mailbox.execute(() -> sending.answered(failure)));
      if (sent.isDone()) {
        sent.get();
      }
    } catch (ExecutionException e) {
      Throwable failure = e.getCause();
      if (failure != null && !LetterQueue.isAboutTheRecord(failure)) {
        // Known at once, and perhaps after a long wait: the next record must not wait as well.
        sending.answered(failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      mailbox.execute(() -> sending.answered(e));
    }
    if (Duration.between(start, clock.instant()).compareTo(SLOW) > 0) {
      queue.slow();
    }
  }

  private void acknowledged(OpenRecord record, DeadLetter.@Nullable Cause cause) {
    log.warn("Record {} was dead-lettered: {}", record.source, cause == null ? "" : cause.reason());
    metrics.deadLettered(record.partition.id, cause == null ? "" : cause.reason());
    record.partition.deadLetterNotTaken(record, false);
    claims.finish(record);
  }

  private void notTaken(OpenRecord record, Throwable failure) {
    if (stops && !mayPass(failure)) {
      fatal.raise(
          new ConfigurationException(
              "The dead-letter topic %s does not take record %s (%s), and deadLetterFailure is STOP: mend the topic and start again; nothing is lost.%s"
                  .formatted(
                      topic,
                      record.source,
                      failure.getClass().getName(),
                      DeadLetterAdvice.advice(record.raw, failure)),
              null));
      return;
    }
    record.partition.deadLetterNotTaken(record, true);
    metrics.deadLetterNotTaken(record.partition.id, failure.getClass().getName());
    metrics.retried(record.partition.id, ConsumerMetrics.Step.DEAD_LETTER);
    if (LetterQueue.isAboutTheRecord(failure)) {
      int failures = parked.retry(record, () -> send(record));
      log.warn(
          "The dead letter of record {} was not taken by {} ({}, failure {}); its partition stays paused until it is taken.{}",
          record.source,
          topic,
          failure.getClass().getName(),
          failures,
          DeadLetterAdvice.advice(record.raw, failure));
    } else {
      queue.add(record);
    }
  }

  private boolean mayPass(Throwable failure) {
    Instant since = queue.blockedSince();
    boolean patient = since == null || clock.instant().isBefore(since.plus(PATIENCE));
    return failure instanceof RetriableException && patient;
  }

  /** One send; a producer that both throws and calls back is heard once. */
  private final class Sending {
    private final OpenRecord record;
    private boolean answered;

    Sending(OpenRecord record) {
      this.record = record;
    }

    void answered(@Nullable Throwable failure) {
      if (answered) {
        return;
      }
      answered = true;
      boolean probe = queue.endProbe(record);
      if (record.partition.answered(record)) {
        if (failure == null) {
          acknowledged(record, record.cause());
        } else {
          notTaken(record, failure);
        }
      }
      queue.answered(probe, failure);
    }
  }
}
