package dev.sluice.benchmarks.pipeline;

import java.util.BitSet;
import java.util.List;

/**
 * Whether the table holds what the group has committed.
 *
 * @param committed records below the committed offsets
 * @param repeated of them, those that repeat an event of an earlier one
 * @param lost events of these records that have no item
 * @param doubled items beyond the first of their event
 */
record Check(int committed, int repeated, int lost, int doubled) {

  /**
   * Compares.
   *
   * @param log what the topic holds
   * @param offsets committed, by partition
   * @param keys of all items in the table
   */
  static Check of(EventLog log, long[] offsets, List<String> keys) {
    BitSet written = new BitSet(log.records());
    int doubled = 0;
    for (String key : keys) {
      int event = EventLog.number(key);
      if (written.get(event)) {
        doubled++;
      }
      written.set(event);
    }
    BitSet due = new BitSet(log.records());
    int committed = 0;
    for (int record = 0; record < log.records(); record++) {
      if (EventLog.offset(record) < offsets[EventLog.partition(record)]) {
        committed++;
        due.set(log.event(record));
      }
    }
    int repeated = committed - due.cardinality();
    due.andNot(written);
    return new Check(committed, repeated, due.cardinality(), doubled);
  }

  /** {@return whether nothing is lost and, where that is promised, nothing is doubled} */
  boolean passed(boolean idempotent) {
    return lost == 0 && committed > 0 && (!idempotent || doubled == 0);
  }
}
