package dev.sluice.kafka.internal.replay;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.deadletter.ReceivedLetter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a dead letter is so old that the ledger may have forgotten the claim of its record: then
 * a second replay, or a duplicate, would take effect again. The age counts from when the record
 * first failed. A time that lies ahead says nothing, and counts as too old.
 */
final class LetterAge {
  private static final Logger log = LoggerFactory.getLogger(LetterAge.class);

  /** From a claim to the failure that follows it, and from here to the writer. */
  private static final Duration MARGIN = Duration.ofMinutes(10);

  private static final int SMALLEST_SHARE = 24;

  /** How far the clocks of two hosts may be apart. */
  private static final Duration SKEW = Duration.ofHours(1);

  private final IdempotentWriter writer;
  private final InstantSource clock;

  LetterAge(IdempotentWriter writer, InstantSource clock) {
    this.writer = writer;
    this.clock = clock;
    if (retention().isEmpty()) {
      log.warn(
          "The writer keeps no claims, or does not say for how long: dead letters of any age are"
              + " replayed. A writer that wraps another hands claimRetention() and serviceTime() on");
    }
  }

  /** How long the ledger keeps a claim; empty where there is none. */
  Optional<Duration> retention() {
    return writer.claimRetention();
  }

  boolean isExpired(ReceivedLetter letter) {
    Optional<Duration> retention = retention();
    if (retention.isEmpty()) {
      return false;
    }
    Instant now = now();
    Instant since = since(letter);
    Duration share = retention.get().dividedBy(SMALLEST_SHARE);
    Duration margin = share.compareTo(MARGIN) < 0 ? share : MARGIN;
    return since.isBefore(now.minus(retention.get()).plus(margin)) || since.isAfter(now.plus(SKEW));
  }

  /** Claims expire by the service's clock; of two clocks the later one is the safe one. */
  private Instant now() {
    Instant local = clock.instant();
    return writer.serviceTime().filter(service -> service.isAfter(local)).orElse(local);
  }

  /** A broker's own time bounds what a consumer whose clock was ahead has noted. */
  private static Instant since(ReceivedLetter letter) {
    Instant noted = letter.attempts().firstFailure();
    if (letter.letter().timestampType() == TimestampType.LOG_APPEND_TIME) {
      Instant stored = Instant.ofEpochMilli(letter.letter().timestamp());
      return stored.isBefore(noted) ? stored : noted;
    }
    return noted;
  }
}
