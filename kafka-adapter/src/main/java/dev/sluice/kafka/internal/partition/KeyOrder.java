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
 */
public final class KeyOrder {

  private final PartitionEpoch partition;
  private final FormerEpochs former;
  private final Map<ByteBuffer, KeyLine> lines = new HashMap<>();
  private final Queue<OpenRecord> due = new ArrayDeque<>();

  KeyOrder(PartitionEpoch partition, FormerEpochs former) {
    this.partition = partition;
    this.former = former;
  }

  /** The next record to hand over before any new one, or null. */
  public @Nullable OpenRecord due() {
    former.released().forEach(this::advance);
    OpenRecord record = due.peek();
    while (record != null && !goes(record)) {
      due.remove();
      record = due.peek();
    }
    return record;
  }

  /** The record has been handed over, if it was due. */
  public void handedOver(OpenRecord record) {
    if (due.peek() == record) {
      due.remove();
    }
  }

  /** Takes a new record in. Says whether it may be handed over; if not, it becomes due later. */
  public boolean admit(OpenRecord record) {
    if (record.step == KeyStep.NEW) {
      byte[] key = record.raw.key();
      KeyLine line = key == null ? null : lines.computeIfAbsent(ByteBuffer.wrap(key), KeyLine::new);
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
  public static boolean goes(OpenRecord record) {
    return record.step == KeyStep.OUT || record.step == KeyStep.RETRYING;
  }

  /**
   * A write of the record ended as unknown.
   *
   * @return whether a retry delay is to begin for the record; if not, it goes again after those
   *     before it, or its delay runs already
   */
  public boolean failed(OpenRecord record, int write) {
    record.again(write);
    return failed(record);
  }

  /**
   * The record could not be mapped for now.
   *
   * @return as of a write
   */
  public boolean failed(OpenRecord record) {
    if (!goes(record)) {
      return false;
    }
    // A create needs to be made again only behind a put or a delete that is.
    boolean lastWins = record.lastWins();
    for (OpenRecord later = KeyLine.after(record); later != null; later = KeyLine.after(later)) {
      lastWins |= later.lastWins();
      holdBack(later, lastWins);
    }
    boolean begins = !isBlocked(record);
    to(record, begins ? KeyStep.FAILING : KeyStep.WAITING);
    record.retryDelayOver = false;
    return begins;
  }

  private void holdBack(OpenRecord later, boolean lastWins) {
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

  private static boolean isBlocked(OpenRecord record) {
    KeyLine line = KeyLine.of(record);
    if (line == null || line.blockers == 0) {
      return false;
    }
    OpenRecord each = line.first();
    while (each != null && each != record && !each.step.blocks) {
      each = KeyLine.after(each);
    }
    return each != record;
  }

  /**
   * The retry delay of a record is over.
   *
   * @param attempt the attempt whose failure began the delay
   */
  public void retryDelayOver(OpenRecord record, int attempt) {
    if (record.step == KeyStep.FAILING && record.attempts() == attempt) {
      record.retryDelayOver = true;
      retryIfQuiet(record);
    }
  }

  /**
   * Not while a write of the key is with the writer: the same write offered twice would end as the
   * first does, and an older one would be accepted behind a newer one for good.
   */
  private void retryIfQuiet(OpenRecord record) {
    KeyLine line = KeyLine.of(record);
    boolean quiet = line == null ? record.inFlight == 0 : line.out == 0 && line.first() == record;
    if (record.retryDelayOver && quiet) {
      to(record, KeyStep.RETRYING);
      due.add(record);
    }
  }

  /** A write of the record was answered, and what follows from that is noted. */
  public void answered(OpenRecord record) {
    KeyLine line = KeyLine.of(record);
    if (line != null) {
      advance(line);
    } else if (record.step == KeyStep.FAILING) {
      retryIfQuiet(record);
    }
  }

  /** All writes of the record have ended well. */
  public void ended(OpenRecord record) {
    KeyLine line = KeyLine.of(record);
    if (line == null) {
      to(record, KeyStep.LEFT);
      partition.finish(record);
    } else {
      to(record, KeyStep.DONE);
      sweep(line);
    }
  }

  /** The record needs no writer any more: it is skipped, or a dead letter. */
  public void leave(OpenRecord record) {
    KeyLine line = KeyLine.of(record);
    to(record, KeyStep.LEFT);
    if (line != null) {
      line.remove(record);
      sweep(line);
    }
  }

  private void sweep(KeyLine line) {
    OpenRecord first = line.first();
    while (first != null && first.step == KeyStep.DONE) {
      to(first, KeyStep.LEFT);
      line.remove(first);
      partition.finish(first);
      first = line.first();
    }
    if (first == null) {
      lines.remove(line.key, line);
    } else {
      advance(line);
    }
  }

  /** Lets those go whom nothing holds back any more. */
  private void advance(KeyLine line) {
    if (line.blockers == 0) {
      return;
    }
    for (OpenRecord record = line.first(); record != null; record = KeyLine.after(record)) {
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
    KeyLine line = lines.get(key);
    return line != null && line.out > 0;
  }

  /** The epoch has ended. What the writer has is still counted. */
  void clear() {
    due.clear();
    lines.values().removeIf(line -> line.out == 0);
  }

  private void to(OpenRecord record, KeyStep step) {
    KeyStep from = record.step;
    KeyLine line = KeyLine.of(record);
    if (line != null) {
      line.blockers += (step.blocks ? 1 : 0) - (from.blocks ? 1 : 0);
    }
    record.step = step;
    if (step.parked && !from.parked) {
      partition.park(record);
    } else if (from.parked && !step.parked) {
      partition.unpark(record);
    }
  }
}
