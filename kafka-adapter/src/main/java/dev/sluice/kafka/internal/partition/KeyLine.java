package dev.sluice.kafka.internal.partition;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the open records of one key in their order; a list that takes no memory.
 *
 * @param <R> the records
 */
final class KeyLine<R extends OrderedRecord<R>> {
  final ByteBuffer key;
  private @Nullable R first;
  private @Nullable R last;

  /** The writes of its records that the writer has. */
  int out;

  /** The records that later ones must not overtake. */
  int blockers;

  KeyLine(ByteBuffer key) {
    this.key = key;
  }

  @Nullable R first() {
    return first;
  }

  void add(R record) {
    record.line = this;
    record.before = last;
    if (last == null) {
      first = record;
    } else {
      last.after = record;
    }
    last = record;
  }

  void remove(R record) {
    R before = record.before;
    R after = record.after;
    record.line = null;
    record.before = null;
    record.after = null;
    if (before == null) {
      first = after;
    } else {
      before.after = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.before = before;
    }
  }
}
