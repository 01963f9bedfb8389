package dev.sluice.kafka.internal.partition;

import org.jspecify.annotations.Nullable;

/**
 * Knows what the order by key must know of a record, and the record's place in the line of its key.
 * Not thread-safe.
 *
 * @param <R> the records
 */
abstract class OrderedRecord<R extends OrderedRecord<R>> {
  @Nullable R before;
  @Nullable R after;
  @Nullable KeyLine<R> line;

  /** Where it is with respect to the records of its key. */
  KeyStep step = KeyStep.NEW;

  /** Whether the retry delay after its last failure is over. */
  boolean retryDelayOver;

  /** Steps that another thread is to answer: writes, a dead letter, releases. */
  int inFlight;

  /** {@return the record's key, or null if it has none} */
  abstract byte @Nullable [] key();

  /** {@return whether it is an event's record, as far as its mapper was asked} */
  abstract boolean hasWrites();

  /** {@return whether what it leaves depends on which of several records is written last} */
  abstract boolean lastWins();

  /** {@return whether the writer has, or had, all of its writes} */
  abstract boolean handedOver();

  /** {@return how often it was handed to the writer, or to the mapper alone, so far} */
  abstract int attempts();

  /** A write is to be handed over again, and those behind it where the last one wins. */
  abstract void again(int write);

  /** All of its writes are to be handed over again, but those that were rejected for good. */
  abstract void allAgain();
}
