package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.partition.OpenRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the dead-letter topic takes dead letters, and the records that wait until it does.
 *
 * <p>While it takes nothing, one record probes it and the others wait; when it takes one, two of
 * those that wait follow. And when a {@code send} was slow, since the producer's buffer is full, no
 * other follows in the same turn. So neither the log nor the polling thread, which {@code send} may
 * block, is flooded.
 */
final class LetterQueue {
  private static final Logger log = LoggerFactory.getLogger(LetterQueue.class);

  /** How long a topic takes nothing before it is tried with another producer, again and again. */
  private static final Duration RENEWAL = Duration.ofMinutes(1);

  private final @Nullable String topic;
  private final PollTimers timers;
  private final InstantSource clock;
  private final RetryBackoff backoff;
  private final Consumer<OpenRecord> send;
  private final Runnable renew;

  private final Queue<OpenRecord> waiting = new ArrayDeque<>();
  private @Nullable OpenRecord probing;
  private boolean blocked;
  private boolean slow;
  private @Nullable Instant blockedSince;
  private Instant renewAt = Instant.MAX;
  private @Nullable String blockedBy;
  private int failures;

  /**
   * Empty.
   *
   * @param send sends one of those that wait
   * @param renew makes another producer in place of one that sends nothing
   */
  LetterQueue(
      Wiring wiring,
      PollTimers timers,
      RetryBackoff backoff,
      Consumer<OpenRecord> send,
      Runnable renew) {
    this.topic = wiring.deadLetters().topic();
    this.clock = wiring.environment().clocks().steady();
    this.timers = timers;
    this.backoff = backoff;
    this.send = send;
    this.renew = renew;
  }

  /** Whether a record may be sent at once. */
  boolean isOpen() {
    return !blocked && !slow && waiting.isEmpty();
  }

  /** Since when the topic takes nothing, or null. */
  @Nullable Instant blockedSince() {
    return blockedSince;
  }

  /** The class of the exception that it last answered with, or null. */
  @Nullable String blockedBy() {
    return blockedBy;
  }

  /** Whether a failure says nothing of other records. */
  static boolean isAboutTheRecord(Throwable failure) {
    return failure instanceof RecordTooLargeException || failure instanceof InvalidRecordException;
  }

  void add(OpenRecord record) {
    if (blocked) {
      record.partition.deadLetterNotTaken(record, true);
    }
    record.partition.park(record);
    waiting.add(record);
  }

  /** A send has waited for something. */
  void slow() {
    if (!slow) {
      slow = true;
      timers.at(clock.instant(), this::nextTurn);
    }
  }

  private void nextTurn() {
    slow = false;
    if (!blocked) {
      resend(1);
    }
  }

  /** Whether the record was sent to probe the topic; answered, it is a probe no more. */
  boolean endProbe(OpenRecord record) {
    boolean probe = probing == record;
    if (probe) {
      probing = null;
    }
    return probe;
  }

  /** The topic answered; what that says about the dead letters that wait for it. */
  void answered(boolean probe, @Nullable Throwable failure) {
    if (failure == null) {
      failures = 0;
      takes();
      resend(2);
    } else if (blocked ? probe : !isAboutTheRecord(failure)) {
      block(failure);
    } else if (!blocked) {
      resend(1);
    }
  }

  private void takes() {
    blocked = false;
    blockedSince = null;
    blockedBy = null;
  }

  private void block(Throwable failure) {
    if (blockedSince == null) {
      blockedSince = clock.instant();
      renewAt = blockedSince.plus(RENEWAL);
    }
    if (!blocked) {
      blocked = true;
      waiting.forEach(each -> each.partition.deadLetterNotTaken(each, true));
    }
    blockedBy = failure.getClass().getName();
    failures++;
    log.warn(
        "The dead-letter topic {} takes no dead letters ({}, failure {}); partitions that need it stay paused",
        topic,
        blockedBy,
        failures);
    timers.at(clock.instant().plus(backoff.after(failures)), this::probe);
  }

  /** Lets one record through; what becomes of it decides about the others. */
  private void probe() {
    if (!clock.instant().isBefore(renewAt)) {
      renewAt = clock.instant().plus(RENEWAL);
      renew.run();
    }
    if (slow) {
      timers.at(clock.instant(), this::probe);
    } else if (!resend(1)) {
      takes();
    }
  }

  private boolean resend(int most) {
    boolean asProbe = blocked;
    int sent = 0;
    while (sent < most && blocked == asProbe && !slow && !waiting.isEmpty()) {
      OpenRecord record = waiting.remove();
      if (record.partition.unpark(record)) {
        sent++;
        probing = asProbe ? record : null;
        send.accept(record);
      }
    }
    return sent > 0;
  }
}
