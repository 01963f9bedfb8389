package dev.sluice.kafka.internal.deadletter;

import dev.sluice.kafka.record.DeadLetterHeaders;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.Outcome;
import dev.sluice.model.RecordException;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record that could not be written, and why.
 *
 * @param record the record as it was read
 * @param source its source position
 * @param suffixes see {@link DeadLetterHeaders#SUFFIXES}
 * @param group the consumer group
 * @param cause why it could not be written
 * @param partial whether some of its effects were applied, or may have been
 * @param attempts how often it was tried, and when
 */
public record DeadLetter(
    ConsumerRecord<byte[], byte[]> record,
    String source,
    String suffixes,
    String group,
    Cause cause,
    boolean partial,
    Attempts attempts) {

  /**
   * How often a record was tried, and when.
   *
   * @param count how often
   * @param firstFailure when it first failed
   * @param lastFailure when it last failed, and was given up
   */
  public record Attempts(int count, Instant firstFailure, Instant lastFailure) {}

  /**
   * Why a record could not be written.
   *
   * @param reason a code; see {@link DeadLetterHeaders#REASON}
   * @param detail see {@link DeadLetterHeaders#DETAIL}
   */
  public record Cause(String reason, String detail) {

    /**
     * The mapper threw something.
     *
     * @param thrown of which only the class is kept: its message may quote the record
     * @return the cause
     */
    public static Cause mapperThrew(Throwable thrown) {
      return new Cause("MAPPER_FAILED", thrown.getClass().getName());
    }

    /** {@return that the mapper returned null} */
    public static Cause mapperReturnedNull() {
      return new Cause("MAPPER_FAILED", "the mapper returned null");
    }

    /**
     * The mapper rejected the record.
     *
     * @param rejection with its reason
     * @return the cause
     */
    public static Cause of(Mapped.Reject rejection) {
      return new Cause("MAPPER_REJECTED", rejection.reason());
    }

    /**
     * A write contradicted what the ledger holds.
     *
     * @param conflict which contradiction
     * @return the cause
     */
    public static Cause of(Outcome.Conflict conflict) {
      return new Cause("CONFLICT_" + conflict.kind().name(), "");
    }

    /**
     * A write was rejected for good.
     *
     * @param failure whose message names tables, attributes and codes, never keys or contents
     * @return the cause
     */
    public static Cause of(RecordException failure) {
      String message = failure.getMessage();
      return new Cause(
          failure instanceof InvalidWriteException ? "INVALID_WRITE" : "REJECTED_WRITE",
          message == null ? failure.getClass().getName() : message);
    }
  }

  /** {@return the source and the reason's code, nothing of the record's contents} */
  @Override
  public String toString() {
    return source + " " + cause.reason();
  }
}
