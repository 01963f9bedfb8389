package dev.sluice.write;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The writes that are open, in the order of their acceptance; a list that takes no memory. */
final class OpenWrites {

  /** A place in the list. */
  abstract static class Place {
    private @Nullable PendingWrite before;
    private @Nullable PendingWrite after;
    private boolean listed;
  }

  private @Nullable PendingWrite first;
  private @Nullable PendingWrite last;
  private int size;

  void add(PendingWrite write) {
    Place place = write;
    place.listed = true;
    place.before = last;
    if (last == null) {
      first = write;
    } else {
      after(last, write);
    }
    last = write;
    size++;
  }

  /** {@return whether it was there} */
  boolean remove(PendingWrite write) {
    Place place = write;
    if (!place.listed) {
      return false;
    }
    PendingWrite before = place.before;
    PendingWrite after = place.after;
    place.listed = false;
    place.before = null;
    place.after = null;
    if (before == null) {
      first = after;
    } else {
      after(before, after);
    }
    if (after == null) {
      last = before;
    } else {
      before(after, before);
    }
    size--;
    return true;
  }

  private static void after(Place place, @Nullable PendingWrite write) {
    place.after = write;
  }

  private static void before(Place place, @Nullable PendingWrite write) {
    place.before = write;
  }

  @Nullable PendingWrite first() {
    return first;
  }

  static @Nullable PendingWrite next(PendingWrite write) {
    Place place = write;
    return place.after;
  }

  int size() {
    return size;
  }

  List<PendingWrite> all() {
    List<PendingWrite> all = new ArrayList<>(size);
    for (PendingWrite write = first; write != null; write = next(write)) {
      all.add(write);
    }
    return all;
  }
}
