package dev.sluice.batch;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A queue of elements with their sizes and the times they came, in arrays that are used over and
 * over: adding allocates only where the queue is longer than it has been. What a burst took is
 * given back later.
 */
final class ElementRing<T> {
  static final int LEAST_CAPACITY = 64;

  // Arrays are halved where a quarter of them was enough for this many times their length of
  // elements, so that the halving, and the doubling at the next burst, cost an element next to
  // nothing, and a queue that goes up and down keeps its arrays.
  private static final int LAPS = 8;

  private @Nullable Object[] elements = new @Nullable Object[LEAST_CAPACITY];
  private long[] sizes = new long[LEAST_CAPACITY];
  private long[] times = new long[LEAST_CAPACITY];
  private int head;
  private int count;
  private long bytes;

  private int most; // waiting at once since the arrays were last looked at
  private long removed; // since then

  void add(T element, long size, long time) {
    if (count == elements.length) {
      resize(elements.length * 2);
    }
    int at = (head + count) & (elements.length - 1);
    elements[at] = element;
    sizes[at] = size;
    times[at] = time;
    count++;
    bytes += size;
    most = Math.max(most, count);
  }

  T remove() {
    @SuppressWarnings("unchecked") // only add stores elements, and it stores Ts
    T element = (T) requireNonNull(elements[head]);
    elements[head] = null;
    bytes -= sizes[head];
    head = (head + 1) & (elements.length - 1);
    count--;
    removed++;
    return element;
  }

  /** Gives memory back where less has been enough for long. */
  void trim() {
    int capacity = elements.length;
    if (removed < (long) LAPS * capacity) {
      return;
    }
    if (capacity > LEAST_CAPACITY && most <= capacity / 4) {
      resize(capacity / 2);
    }
    most = count;
    removed = 0;
  }

  private void resize(int capacity) {
    @Nullable Object[] newElements = new @Nullable Object[capacity];
    long[] newSizes = new long[capacity];
    long[] newTimes = new long[capacity];
    int untilEnd = Math.min(count, elements.length - head);
    int fromStart = count - untilEnd;
    System.arraycopy(elements, head, newElements, 0, untilEnd);
    System.arraycopy(elements, 0, newElements, untilEnd, fromStart);
    System.arraycopy(sizes, head, newSizes, 0, untilEnd);
    System.arraycopy(sizes, 0, newSizes, untilEnd, fromStart);
    System.arraycopy(times, head, newTimes, 0, untilEnd);
    System.arraycopy(times, 0, newTimes, untilEnd, fromStart);
    elements = newElements;
    sizes = newSizes;
    times = newTimes;
    head = 0;
  }

  /** The size of the first element; there must be one. */
  long headSize() {
    return sizes[head];
  }

  /** When the first element came; there must be one. */
  long headTime() {
    return times[head];
  }

  int size() {
    return count;
  }

  long bytes() {
    return bytes;
  }

  int capacity() {
    return elements.length;
  }
}
