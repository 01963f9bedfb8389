package dev.sluice.batch;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Gathers elements into batches, in their order, by number, bytes or age.
 *
 * <p>It holds a queue and decides nothing but where the next batch ends: whoever owns it appends,
 * and polls for batches that are due. It has no thread, clock or timer; the time is given with each
 * call, as a reading in nanoseconds of any clock that does not run backwards, always the same one.
 * A batch ends before an element that would take it over {@code maxBytes}, so no batch is over it
 * unless a single element is.
 *
 * <p>Not safe for use by several threads at once. It sets no limit to the number of elements
 * waiting: whoever appends does.
 *
 * <pre>{@code
 * var batches = new BatchAccumulator<Order>(new BatchTriggers(25, 1 << 20, Duration.ofMillis(10)));
 * batches.append(order, sizeOf(order), System.nanoTime());
 * for (var due = batches.poll(now); due.isPresent(); due = batches.poll(now)) send(due.get());
 * }</pre>
 *
 * @param <T> the elements
 */
public final class BatchAccumulator<T> {
  private static final int INITIAL_CAPACITY = 64;

  private final int maxItems;
  private final long maxBytes;
  private final long lingerNanos;

  // A ring: elements, their sizes and when they came, from head on.
  private @Nullable Object[] elements = new @Nullable Object[INITIAL_CAPACITY];
  private long[] sizes = new long[INITIAL_CAPACITY];
  private long[] times = new long[INITIAL_CAPACITY];
  private int head;
  private int count;
  private long bytes;

  /**
   * Creates an empty accumulator.
   *
   * @param triggers when a batch is due
   */
  public BatchAccumulator(BatchTriggers triggers) {
    requireNonNull(triggers, "triggers");
    this.maxItems = triggers.maxItems();
    this.maxBytes = triggers.maxBytes();
    this.lingerNanos = triggers.linger().toNanos();
  }

  /**
   * Adds an element behind all others.
   *
   * @param element what to add
   * @param size its size in bytes, 0 or more
   * @param now the time
   * @throws IllegalArgumentException if the size is negative
   */
  public void append(T element, long size, long now) {
    requireNonNull(element, "element");
    if (size < 0) {
      throw new IllegalArgumentException("An element's size is not negative; got " + size + '.');
    }
    if (count == elements.length) {
      grow();
    }
    int at = (head + count) & (elements.length - 1);
    elements[at] = element;
    sizes[at] = size;
    times[at] = now;
    count++;
    bytes += size;
  }

  private void grow() {
    int capacity = elements.length * 2;
    @Nullable Object[] moreElements = new @Nullable Object[capacity];
    long[] moreSizes = new long[capacity];
    long[] moreTimes = new long[capacity];
    int untilEnd = elements.length - head;
    System.arraycopy(elements, head, moreElements, 0, untilEnd);
    System.arraycopy(elements, 0, moreElements, untilEnd, head);
    System.arraycopy(sizes, head, moreSizes, 0, untilEnd);
    System.arraycopy(sizes, 0, moreSizes, untilEnd, head);
    System.arraycopy(times, head, moreTimes, 0, untilEnd);
    System.arraycopy(times, 0, moreTimes, untilEnd, head);
    elements = moreElements;
    sizes = moreSizes;
    times = moreTimes;
    head = 0;
  }

  /**
   * Takes the next batch if it is due: full, or its first element older than the linger.
   *
   * @param now the time
   * @return the batch, never empty, or nothing if none is due
   */
  public Optional<List<T>> poll(long now) {
    return isDue(now) ? pollAny() : Optional.empty();
  }

  /**
   * Whether the next batch is due.
   *
   * @param now the time
   * @return whether {@link #poll} would give a batch
   */
  public boolean isDue(long now) {
    return isFull() || (count > 0 && now - times[head] >= lingerNanos);
  }

  /**
   * Takes the next batch whether it is due or not.
   *
   * @return the batch, never empty, or nothing if no element is waiting
   */
  public Optional<List<T>> pollAny() {
    if (count == 0) {
      return Optional.empty();
    }
    List<T> batch = new ArrayList<>(Math.min(count, maxItems));
    long batchBytes = 0;
    while (count > 0 && batch.size() < maxItems) {
      long size = sizes[head];
      if (!batch.isEmpty() && batchBytes + size > maxBytes) {
        break;
      }
      batch.add(removeHead());
      batchBytes += size;
    }
    return Optional.of(batch);
  }

  private T removeHead() {
    @SuppressWarnings("unchecked") // only append stores elements, and it stores Ts
    T element = (T) requireNonNull(elements[head]);
    elements[head] = null;
    bytes -= sizes[head];
    head = (head + 1) & (elements.length - 1);
    count--;
    return element;
  }

  private boolean isFull() {
    return count >= maxItems || bytes >= maxBytes;
  }

  /**
   * When the next batch is due if nothing else is appended.
   *
   * @return a time at or after which {@link #poll} gives a batch (it may be past), or nothing if no
   *     element is waiting
   */
  public OptionalLong nextDue() {
    if (count == 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(isFull() ? times[head] : times[head] + lingerNanos);
  }

  /** {@return the number of elements waiting} */
  public int size() {
    return count;
  }

  /** {@return the bytes of the elements waiting} */
  public long bytes() {
    return bytes;
  }
}
