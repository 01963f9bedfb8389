package dev.sluice.kafka.internal.partition;

import dev.sluice.kafka.internal.offsets.OffsetTracker;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A partition for as long as it is assigned, or until its position is set back: one epoch. The next
 * epoch has another object, so that what ends late finds the one it belongs to, ended, and changes
 * no offset.
 */
public final class PartitionEpoch implements KeyOrder.Epoch<OpenRecord>, FormerEpochs.Former {
  public final TopicPartition id;
  public final PartitionOffsets offsets = new PartitionOffsets();
  private final OpenBytes allBytes;
  private final Consumer<OpenRecord> ends;
  private final Queue<OpenRecord> queue = new ArrayDeque<>();
  private final Set<OpenRecord> open = new LinkedHashSet<>();
  public final KeyOrder<OpenRecord> order;

  /** What the writer has of this epoch. */
  public final SharedEpochs.Writes writes;

  private long bytes;
  private int parked;
  private long parkedBytes;
  private int inFlight;
  private int deadLettersNotTaken;
  private boolean ended;

  /** When a record ended last, or, where none has, the epoch began to have one. */
  private Instant lastEnd = Instant.MIN;

  /** Whether the writer had no room for its next record, and has not said yet that it has. */
  public boolean writerFull;

  /** Whether it has had its share of the bytes in work, and not yet come down to half of it. */
  public boolean full;

  public PartitionEpoch(
      TopicPartition id,
      OpenBytes allBytes,
      Consumer<OpenRecord> ends,
      FormerEpochs<OpenRecord> former,
      SharedEpochs.Writes writes) {
    this.id = id;
    this.writes = writes;
    this.allBytes = allBytes;
    this.ends = ends;
    this.order = new KeyOrder<>(this, former);
  }

  /** Takes a record in, and says how many bytes it has. */
  public long receive(ConsumerRecord<byte[], byte[]> raw, Instant now) {
    int epoch = raw.leaderEpoch().orElse(OffsetTracker.NO_EPOCH);
    if (epoch != OffsetTracker.NO_EPOCH && epoch < offsets.tracker.epoch()) {
      // No log does that, unless it is another topic's.
      offsets.identity.asked = false;
    }
    lastEnd = open.isEmpty() ? now : lastEnd;
    var record = new OpenRecord(this, raw, offsets.tracker.received(raw.offset(), epoch), now);
    bytes += record.bytes;
    allBytes.add(record.bytes);
    open.add(record);
    queue.add(record);
    return record.bytes;
  }

  /** The record to dispatch next, or null: those that go again before any new one. */
  public @Nullable OpenRecord head() {
    if (writerFull) {
      return null;
    }
    OpenRecord next = order.due();
    if (next == null) {
      next = queue.peek();
    }
    return next != null && offsets.mayBegin(next.raw.offset()) ? next : null;
  }

  /** The record is off the queue. */
  public void dispatched(OpenRecord record) {
    if (queue.peek() == record) {
      queue.remove();
    } else {
      order.handedOver(record);
    }
  }

  public boolean hasQueued() {
    return head() != null;
  }

  /** The record is done: its offset may move. */
  @Override
  public void finish(OpenRecord record) {
    if (!ended && open.remove(record)) {
      offsets.tracker.complete(record.ticket);
      forget(record);
      ends.accept(record);
    }
  }

  /** A step of the record is left to another thread. */
  public void sent(OpenRecord record) {
    count(record, 1);
  }

  private void count(OpenRecord record, int more) {
    record.inFlight += more;
    inFlight += more;
    KeyLine<OpenRecord> line = record.line;
    if (line != null) {
      line.out += more;
    }
  }

  /** Such a step was answered. Says whether the answer still counts. */
  public boolean answered(OpenRecord record) {
    count(record, -1);
    if (ended && record.inFlight == 0) {
      forget(record);
      open.remove(record);
    }
    return !ended;
  }

  /** The record waits for a timer or for room, and does not count against the intake. */
  @Override
  public void park(OpenRecord record) {
    if (record.parked++ == 0) {
      parked++;
      parkedBytes += record.bytes;
    }
  }

  /** The record waits no more. Says whether to go on with it. */
  @Override
  public boolean unpark(OpenRecord record) {
    if (--record.parked == 0) {
      parked--;
      parkedBytes -= record.bytes;
    }
    return !ended;
  }

  public void deadLetterNotTaken(OpenRecord record, boolean notTaken) {
    if (record.deadLetterNotTaken != notTaken) {
      record.deadLetterNotTaken = notTaken;
      deadLettersNotTaken += notTaken ? 1 : -1;
    }
  }

  /**
   * Ends the epoch: nothing is dispatched or committed any more. What another thread is still to
   * answer stays open until it does, so that its age shows.
   */
  void end() {
    if (ended) {
      return;
    }
    ended = true;
    writes.end();
    queue.clear();
    order.clear();
    for (OpenRecord record : List.copyOf(open)) {
      if (record.inFlight == 0) {
        forget(record);
        open.remove(record);
      }
    }
  }

  public boolean ended() {
    return ended;
  }

  public boolean draining() {
    return inFlight > 0;
  }

  public boolean hasDeadLettersNotTaken() {
    return deadLettersNotTaken > 0;
  }

  /** The records in work that do not wait for a retry. */
  public int busy() {
    return open.size() - parked;
  }

  public int openRecords() {
    return open.size();
  }

  /** Since when the oldest record in work counts as that, or null. */
  public @Nullable Instant oldest() {
    Instant oldest = null;
    for (OpenRecord record : open) {
      if (oldest == null || record.since().isBefore(oldest)) {
        oldest = record.since();
      }
      if (record.since().equals(record.received)) {
        // Those behind it were received later.
        return oldest;
      }
    }
    return oldest;
  }

  /**
   * Since when something has not got on, or null: the oldest record that was begun, or, if that is
   * longer, none has ended. What only waits for its turn does not count while others end.
   */
  public @Nullable Instant stuckSince() {
    Instant oldest = oldest();
    if (oldest == null) {
      return null;
    }
    Instant stuck = oldest.isAfter(lastEnd) ? oldest : lastEnd;
    for (OpenRecord record : open) {
      if (!record.received.isBefore(stuck)) {
        // Those from here on were begun later still.
        break;
      }
      Instant begun = record.begunSince();
      if (begun != null && begun.isBefore(stuck)) {
        stuck = begun;
      }
    }
    return stuck;
  }

  /** A record has ended. */
  public void hasEnded(Instant now) {
    lastEnd = now;
  }

  /** The operator's pause is over: its time does not age what nothing but it kept waiting. */
  public void excludePause(Instant from, Instant until) {
    if (lastEnd.isBefore(until)) {
      lastEnd = OpenRecord.later(lastEnd, from, until);
    }
    for (OpenRecord record : open) {
      if (record.inFlight == 0 && record.cause() == null) {
        record.excludePause(from, until);
      }
    }
  }

  @Override
  public boolean hasOpen() {
    return !open.isEmpty();
  }

  @Override
  public boolean hasOut(ByteBuffer key) {
    return order.hasOut(key);
  }

  public long bytes() {
    return bytes;
  }

  /** The bytes of those records that wait for a retry, or behind one. */
  public long parkedBytes() {
    return parkedBytes;
  }

  /** The records begun, or held back behind others of their key, that have not ended. */
  public int unfinished() {
    return (int) open.stream().filter(each -> each.begun || each.step == KeyStep.WAITING).count();
  }

  private void forget(OpenRecord record) {
    bytes -= record.bytes;
    allBytes.remove(record.bytes);
  }
}
