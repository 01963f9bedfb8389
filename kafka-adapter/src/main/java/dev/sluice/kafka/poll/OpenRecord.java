package dev.sluice.kafka.poll;

import dev.sluice.kafka.deadletter.DeadLetter;
import dev.sluice.model.Fingerprint;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** One record from its arrival to its end: its writes, and what became of each. */
final class OpenRecord {
  private static final byte[] NO_VALUE = {};

  final Partition partition;
  final ConsumerRecord<byte[], byte[]> raw;
  final long ticket;
  final long bytes;
  final SourcePosition source;
  final Instant received;

  private List<Write> writes = List.of();
  private String[] suffixes = {};
  private int unended;
  private boolean applied;
  private boolean maybeApplied;
  private int failures;
  private DeadLetter.@Nullable Cause cause;
  private final List<Integer> claims = new ArrayList<>(0);

  /** Whether the mapper was asked. */
  boolean begun;

  /** The next write to hand over. */
  int next;

  /** Steps that another thread is to answer: writes, a dead letter, releases. */
  int inFlight;

  /** Steps that wait for a timer or for room. */
  int parked;

  /** Whether its dead letter was refused and is tried again. */
  boolean deadLetterRefused;

  OpenRecord(
      Partition partition, ConsumerRecord<byte[], byte[]> raw, long ticket, Instant received) {
    this.partition = partition;
    this.raw = raw;
    this.ticket = ticket;
    this.received = received;
    this.bytes = size(raw.key()) + size(raw.value());
    this.source = SourcePosition.of(raw.topic(), raw.partition(), raw.offset());
  }

  void mapped(List<Write> mapped) {
    Fingerprint ofValue = Fingerprint.of(raw.value() == null ? NO_VALUE : raw.value());
    List<Write> named = new ArrayList<>(mapped.size());
    for (Write write : mapped) {
      named.add(write.fingerprint().isPresent() ? write : write.fingerprint(ofValue));
    }
    writes = named;
    unended = named.size();
    suffixes = new String[unended];
    Arrays.fill(suffixes, "");
  }

  boolean hasWrites() {
    return !writes.isEmpty();
  }

  boolean handedOver() {
    return next == writes.size();
  }

  Write write(int index) {
    return writes.get(index);
  }

  SourcePosition source(int index) {
    return writes.size() == 1 ? source : source.withIndex(index);
  }

  /** A write took effect, now or before. Says whether it was the last to end. */
  boolean writeApplied(int index, List<Suffix> recorded) {
    applied = true;
    suffixes[index] = text(recorded);
    return --unended == 0;
  }

  /** A write ended without an effect of its own. Says whether it was the last to end. */
  boolean writeEnded() {
    return --unended == 0;
  }

  /** A write failed for good. Says whether it was the last to end. */
  boolean writeFailed(DeadLetter.Cause why) {
    fail(why);
    return --unended == 0;
  }

  /** Notes what a rejected write left in the ledger. */
  void rejected(int index, List<Suffix> recorded, boolean partial) {
    suffixes[index] = text(recorded);
    if (partial) {
      maybeApplied = true;
    } else {
      claims.add(index);
    }
  }

  /** The record goes to the dead-letter topic; the first cause is the one it names. */
  void fail(DeadLetter.Cause why) {
    if (cause == null) {
      cause = why;
    }
  }

  DeadLetter.@Nullable Cause cause() {
    return cause;
  }

  /** The writes whose claims are released once the dead letter is acknowledged. */
  List<Integer> claims() {
    return claims;
  }

  boolean partial() {
    return applied || maybeApplied;
  }

  String suffixes() {
    return Arrays.stream(suffixes).collect(Collectors.joining(";"));
  }

  /** Counts one more failure of a step that will be tried again. */
  int failedAgain() {
    return ++failures;
  }

  int failures() {
    return failures;
  }

  private static long size(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static String text(List<Suffix> recorded) {
    return recorded.stream().map(Suffix::toString).collect(Collectors.joining(","));
  }
}
