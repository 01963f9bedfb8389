package dev.sluice.kafka.internal.partition;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the records of each key of a partition in their order, as far as writes that fail allow.
 *
 * <p>Records of one key go to the writer one behind the other without waiting for each other. When
 * one ends as unknown, those of its key that have not gone yet wait until it has ended, and those
 * that had gone before are made again after it where what they leave depends on who comes last: as
 * if all of them were delivered again, which is what another owner of the partition would see. So a
 * record is done only when those of its key before it are. Records without a key have no order.
 *
 * <p>One object serves one epoch of one partition. Not thread-safe.
 *
 * @param <R> the records
 */
public final class KeyOrder<R extends OrderedRecord<R>> {

  /** Told what the order means for the records of the epoch. */
  interface Epoch<R> {
    /** The record is done: its offset may move. */
    void finish(R record);

    /** The record waits for a timer or for others. */
    void park(R record);

    /** The record waits no more. */
    boolean unpark(R record);
  }

  private final Epoch<R> epoch;
  private final FormerEpochs<R> former;
  private final Map<ByteBuffer, KeyLine<R>> lines = new HashMap<>();
  private final Queue<R> due = new ArrayDeque<>();

  KeyOrder(Epoch<R> epoch, FormerEpochs<R> former) {
    this.epoch = epoch;
    this.former = former;
  }

  /** The next record to hand over before any new one, or null. */
  public @Nullable R due() {
    former.released().forEach(this::advance);
    R record = due.peek();
    while (record != null && !goes(record)) {
      due.remove();
      record = due.peek();
    }
    return record;
  }

  /** The record has been handed over, if it was due. */
  public void handedOver(R record) {
    if (due.peek() == record) {
      due.remove();
    }
  }

  /** Takes a new record in. Says whether it may be handed over; if not, it becomes due later. */
  public boolean admit(R record) {
    if (record.step == KeyStep.NEW) {
      byte[] key = record.key();
      KeyLine<R> line =
          key == null ? null : lines.computeIfAbsent(ByteBuffer.wrap(key), KeyLine<R>::new);
      boolean free = line == null || line.blockers == 0;
      if (line != null) {
        line.add(record);
        free = free && !former.holdBack(line);
      }
      to(record, free ? KeyStep.OUT : KeyStep.WAITING);
    }
    return goes(record);
  }

  /** Whether nothing keeps the record from being handed over. */
  public static boolean goes(OrderedRecord<?> record) {
    return record.step == KeyStep.OUT || record.step == KeyStep.RETRYING;
  }

  /**
   * A write of the record ended as unknown.
   *
   * @return whether a retry delay is to begin for the record; if not, it goes again after those
   *     before it, or its delay runs already
   */
  public boolean failed(R record, int write) {
    record.again(write);
    return failed(record);
  }

  /**
   * The record could not be mapped for now.
   *
   * @return as of a write
   */
  public boolean failed(R record) {
    if (!goes(record)) {
      return false;
    }
    // A create needs to be made again only behind a put or a delete that is.
    boolean lastWins = record.lastWins();
    for (R later = record.after; later != null; later = later.after) {
      lastWins |= later.lastWins();
      holdBack(later, lastWins);
    }
    boolean begins = !isBlocked(record);
    to(record, begins ? KeyStep.FAILING : KeyStep.WAITING);
    record.retryDelayOver = false;
    return begins;
  }

  private void holdBack(R later, boolean lastWins) {
    if (later.step == KeyStep.WAITING) {
      return;
    }
    boolean again = lastWins && later.hasWrites();
    if (again) {
      later.allAgain();
    }
    if (again || later.step == KeyStep.FAILING || !later.handedOver()) {
      to(later, KeyStep.WAITING);
    }
  }

  private boolean isBlocked(R record) {
    KeyLine<R> line = record.line;
    if (line == null || line.blockers == 0) {
      return false;
    }
    R each = line.first();
    while (each != null && each != record && !each.step.blocks) {
      each = each.after;
    }
    return each != record;
  }

  /**
   * The retry delay of a record is over.
   *
   * @param attempt the attempt whose failure began the delay
   */
  public void retryDelayOver(R record, int attempt) {
    if (record.step == KeyStep.FAILING && record.attempts() == attempt) {
      record.retryDelayOver = true;
      retryIfQuiet(record);
    }
  }

  /**
   * Not while a write of the key is with the writer: the same write offered twice would end as the
   * first does, and an older one would be accepted behind a newer one for good.
   */
  private void retryIfQuiet(R record) {
    KeyLine<R> line = record.line;
    boolean quiet = line == null ? record.inFlight == 0 : line.out == 0 && line.first() == record;
    if (record.retryDelayOver && quiet) {
      to(record, KeyStep.RETRYING);
      due.add(record);
    }
  }

  /** A write of the record was answered, and what follows from that is noted. */
  public void answered(R record) {
    KeyLine<R> line = record.line;
    if (line != null) {
      advance(line);
    } else if (record.step == KeyStep.FAILING) {
      retryIfQuiet(record);
    }
  }

  /** All writes of the record have ended well. */
  public void ended(R record) {
    KeyLine<R> line = record.line;
    if (line == null) {
      to(record, KeyStep.LEFT);
      epoch.finish(record);
    } else {
      to(record, KeyStep.DONE);
      sweep(line);
    }
  }

  /** The record needs no writer any more: it is skipped, or a dead letter. */
  public void leave(R record) {
    KeyLine<R> line = record.line;
    to(record, KeyStep.LEFT);
    if (line != null) {
      line.remove(record);
      sweep(line);
    }
  }

  private void sweep(KeyLine<R> line) {
    R first = line.first();
    while (first != null && first.step == KeyStep.DONE) {
      to(first, KeyStep.LEFT);
      line.remove(first);
      epoch.finish(first);
      first = line.first();
    }
    if (first == null) {
      lines.remove(line.key, line);
    } else {
      advance(line);
    }
  }

  /** Lets those go whom nothing holds back any more. */
  private void advance(KeyLine<R> line) {
    if (line.blockers == 0) {
      return;
    }
    for (R record = line.first(); record != null; record = record.after) {
      if (record.step == KeyStep.FAILING) {
        retryIfQuiet(record);
      }
      if (record.step == KeyStep.WAITING && record.inFlight == 0) {
        to(record, KeyStep.OUT);
        due.add(record);
      }
      if (record.step.blocks) {
        return;
      }
    }
  }

  /** Whether the writer has a write of this key. */
  boolean hasOut(ByteBuffer key) {
    KeyLine<R> line = lines.get(key);
    return line != null && line.out > 0;
  }

  /** The epoch has ended. What the writer has is still counted. */
  void clear() {
    due.clear();
    lines.values().removeIf(line -> line.out == 0);
  }

  private void to(R record, KeyStep step) {
    KeyStep from = record.step;
    KeyLine<R> line = record.line;
    if (line != null) {
      line.blockers += (step.blocks ? 1 : 0) - (from.blocks ? 1 : 0);
    }
    record.step = step;
    if (step.parked && !from.parked) {
      epoch.park(record);
    } else if (from.parked && !step.parked) {
      epoch.unpark(record);
    }
  }
}
