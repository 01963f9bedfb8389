package dev.sluice.kafka.internal.partition;

import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.deadletter.WriteResults;
import dev.sluice.model.Effect;
import dev.sluice.model.Outcome;
import dev.sluice.model.RecordException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** One record from its arrival to its end: its writes, and what became of each. */
public final class OpenRecord extends OrderedRecord<OpenRecord> {
  /** The objects of a header: itself, its name, its array. */
  private static final int HEADER_OVERHEAD = 100;

  public final PartitionEpoch partition;
  public final ConsumerRecord<byte[], byte[]> raw;
  final long ticket;
  final long bytes;
  public final SourcePosition source;
  final Instant received;
  private Instant since;
  private @Nullable Instant begunAt;

  private List<Write> writes = List.of();

  private final WriteResults results = new WriteResults(false);
  private final BitSet toWrite = new BitSet();
  private final BitSet givenUp = new BitSet(0);
  private boolean lastWins;
  private int attempts = 1;
  private int failures;
  private @Nullable Instant firstFailure;
  private Instant lastFailure = Instant.EPOCH;

  /** Whether the mapper was asked. */
  public boolean begun;

  /** Steps that wait for a timer or for room. */
  int parked;

  /** Whether the dead-letter topic did not take its dead letter, which is sent again. */
  boolean deadLetterNotTaken;

  OpenRecord(
      PartitionEpoch partition, ConsumerRecord<byte[], byte[]> raw, long ticket, Instant received) {
    this.partition = partition;
    this.raw = raw;
    this.ticket = ticket;
    this.received = received;
    this.since = received;
    this.bytes = size(raw.key()) + size(raw.value()) + size(raw.headers());
    this.source = source(raw);
  }

  private static SourcePosition source(ConsumerRecord<byte[], byte[]> raw) {
    SourcePosition position = SourcePosition.of(raw.topic(), raw.partition(), raw.offset());
    return raw.leaderEpoch().map(position::withLeaderEpoch).orElse(position);
  }

  /** From when its age counts: when it was received, and later by the pauses that held it up. */
  Instant since() {
    return since;
  }

  /** The mapper was asked for it; the first time counts. */
  public void begin(Instant now) {
    begun = true;
    if (begunAt == null) {
      begunAt = now;
    }
  }

  /** From when what was begun with it counts, later by the pauses that held it up; or null. */
  @Nullable Instant begunSince() {
    return begunAt;
  }

  /**
   * Takes an operator's pause out of its age: from the beginning of the pause, or from when the
   * record was received.
   */
  void excludePause(Instant from, Instant until) {
    since = later(since, from, until);
    if (begunAt != null) {
      begunAt = later(begunAt, from, until);
    }
  }

  static Instant later(Instant time, Instant from, Instant until) {
    return time.isBefore(from) ? time.plus(Duration.between(from, until)) : until;
  }

  /** The mapper has said which writes the record is; at least one. */
  public void mapped(List<Write> named) {
    writes = named;
    toWrite.set(0, writes.size());
    for (Write write : writes) {
      lastWins |= lastWins(write);
    }
    results.begin(writes.size());
  }

  @Override
  byte @Nullable [] key() {
    return raw.key();
  }

  @Override
  boolean hasWrites() {
    return !writes.isEmpty();
  }

  /** Whether what it leaves depends on which of several records is written last. */
  @Override
  boolean lastWins() {
    return lastWins;
  }

  private static boolean lastWins(Write write) {
    for (Effect each : write.effects()) {
      if (each instanceof Effect.Put || each instanceof Effect.Delete) {
        return true;
      }
    }
    return false;
  }

  /** The next write to hand over, or -1. */
  public int next() {
    return toWrite.nextSetBit(0);
  }

  /** The writer has taken a write. */
  public void taken(int index) {
    toWrite.clear(index);
  }

  /** A write is to be handed over again, and those behind it where the last one wins. */
  @Override
  void again(int index) {
    toWrite.set(index);
    if (lastWins) {
      toWrite.set(index, writes.size());
      toWrite.andNot(givenUp);
    }
  }

  /** All of its writes are to be handed over again, but those that were rejected for good. */
  @Override
  void allAgain() {
    toWrite.set(0, writes.size());
    toWrite.andNot(givenUp);
  }

  /** Whether the writer has, or had, all of its writes. */
  @Override
  public boolean handedOver() {
    return begun && toWrite.isEmpty();
  }

  /** Whether all of its writes have ended. */
  public boolean allEnded() {
    return handedOver() && inFlight == 0;
  }

  public Write write(int index) {
    return writes.get(index);
  }

  public SourcePosition source(int index) {
    return writes.size() == 1 ? source : source.withIndex(index);
  }

  /** A write has ended by itself; one that conflicts with the ledger is given up. */
  public void completed(int index, Outcome outcome, Instant now) {
    DeadLetter.Cause conflict = results.completed(index, outcome);
    if (conflict != null) {
      giveUp(index, conflict, now);
    }
  }

  /** A write was rejected for good. */
  public void rejected(int index, RecordException failure, Instant now) {
    giveUp(index, results.rejected(index, failure), now);
  }

  private void giveUp(int index, DeadLetter.Cause why, Instant now) {
    givenUp.set(index);
    toWrite.clear(index);
    fail(why, now);
  }

  /** The record goes to the dead-letter topic; the first cause is the one it names. */
  public void fail(DeadLetter.Cause why, Instant now) {
    noteFailure(now);
    results.fail(why);
  }

  /** Notes that a write failed, for good or not. */
  public void noteFailure(Instant now) {
    lastFailure = now;
    if (firstFailure == null) {
      firstFailure = now;
    }
  }

  public Instant firstFailure() {
    return firstFailure == null ? lastFailure : firstFailure;
  }

  public Instant lastFailure() {
    return lastFailure;
  }

  /** How often it was handed to the writer, or to the mapper alone, so far. */
  @Override
  public int attempts() {
    return attempts;
  }

  /** Counts one more attempt, and says how many there were before. */
  public int attemptAgain() {
    return attempts++;
  }

  public DeadLetter.@Nullable Cause cause() {
    return results.cause();
  }

  /** How its writes have ended so far. */
  public WriteResults results() {
    return results;
  }

  /** Counts one more failure of a step behind the writes that will be tried again. */
  public int failedAgain() {
    return ++failures;
  }

  private static long size(Headers headers) {
    long size = 0;
    for (Header each : headers) {
      size += HEADER_OVERHEAD + each.key().length() + size(each.value());
    }
    return size;
  }

  private static long size(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
