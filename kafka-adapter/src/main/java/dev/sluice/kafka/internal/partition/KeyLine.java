package dev.sluice.kafka.internal.partition;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The open records of one key, in their order; a list that takes no memory. */
final class KeyLine {

  /** A place in a line. */
  abstract static class Place {
    private @Nullable OpenRecord before;
    private @Nullable OpenRecord after;
    private @Nullable KeyLine line;
  }

  final ByteBuffer key;
  private @Nullable OpenRecord first;
  private @Nullable OpenRecord last;

  /** The writes of its records that the writer has. */
  int out;

  /** The records that later ones must not overtake. */
  int blockers;

  KeyLine(ByteBuffer key) {
    this.key = key;
  }

  static @Nullable KeyLine of(OpenRecord record) {
    Place place = record;
    return place.line;
  }

  static @Nullable OpenRecord after(OpenRecord record) {
    Place place = record;
    return place.after;
  }

  @Nullable OpenRecord first() {
    return first;
  }

  void add(OpenRecord record) {
    Place place = record;
    place.line = this;
    place.before = last;
    if (last == null) {
      first = record;
    } else {
      link(last, record);
    }
    last = record;
  }

  void remove(OpenRecord record) {
    Place place = record;
    OpenRecord before = place.before;
    OpenRecord after = place.after;
    place.line = null;
    place.before = null;
    place.after = null;
    if (before == null) {
      first = after;
    } else {
      link(before, after);
    }
    if (after == null) {
      last = before;
    } else {
      Place next = after;
      next.before = before;
    }
  }

  private static void link(Place place, @Nullable OpenRecord after) {
    place.after = after;
  }
}
