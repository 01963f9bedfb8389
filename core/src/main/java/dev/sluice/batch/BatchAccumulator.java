package dev.sluice.batch;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gathers elements into batches, in their order, by number, bytes or age.
 *
 * <p>It holds a queue and decides nothing but where the next batch ends: whoever owns it appends,
 * and polls for batches that are due. It has no thread, clock or timer; the time is given with each
 * call, as a reading in nanoseconds of any clock that does not run backwards, always the same one.
 *
 * <p>A batch is due as soon as one of the {@link BatchTriggers} is reached; how to choose them is
 * said there. It ends before an element that would take it over the trigger's {@code maxBytes}, so
 * no batch is over it unless a single element is. What is beyond the {@link BatchLimits} is
 * rejected before it is added.
 *
 * <p>It knows nothing of keys. {@code BatchWriteItem} rejects a batch that holds one item twice, as
 * a whole; and of two batches under way either may land first. Whoever appends items keeps the
 * second write to a key back until the first has been answered, as an {@code IdempotentWriter}
 * does.
 *
 * <p>{@link #poll} waits for a trigger. Whoever knows that nothing is under way, and that nothing
 * more is coming, need not: {@link #pollAny} takes what there is, a single element too, at once.
 * That is how a writer has the latency of no batching at a low rate, and full batches at a high
 * one: with replies after 5 ms and a linger of 10 ms an element alone takes 5 ms, at 1,000 a second
 * batches of 5 take 10 ms at most, and at 10,000 batches of 25 take 8.
 *
 * <p>Appending allocates nothing unless more elements wait than have for long; polling allocates
 * the batch. Not safe for use by several threads at once. It sets no limit to the number of
 * elements waiting: whoever appends does.
 *
 * <pre>{@code
 * var batches =
 *     new BatchAccumulator<Order>(
 *         new BatchTriggers(25, 1 << 20, Duration.ofMillis(10)), BatchLimits.BATCH_WRITE);
 * batches.append(order, ItemBytes.of(itemOf(order)).wire(), System.nanoTime());
 * for (var due = batches.poll(now); due.isPresent(); due = batches.poll(now)) send(due.get());
 * }</pre>
 *
 * @param <T> the elements
 */
public final class BatchAccumulator<T> {
  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private final int maxItems;
  private final long maxBytes;
  private final long lingerNanos;
  private final BatchLimits limits;
  private final ElementRing<T> waiting = new ElementRing<>();

  /**
   * Creates an empty accumulator of elements that are known to be within the service's limits.
   *
   * @param triggers when a batch is due
   */
  public BatchAccumulator(BatchTriggers triggers) {
    this(triggers, BatchLimits.NONE);
  }

  /**
   * Creates an empty accumulator.
   *
   * @param triggers when a batch is due
   * @param limits what a request may hold
   * @throws IllegalArgumentException if a trigger is beyond its limit
   */
  public BatchAccumulator(BatchTriggers triggers, BatchLimits limits) {
    requireNonNull(triggers, "triggers");
    requireNonNull(limits, "limits");
    limits.requireWithin(triggers);
    this.maxItems = triggers.maxItems();
    this.maxBytes = triggers.maxBytes();
    this.lingerNanos = nanos(triggers.linger());
    this.limits = limits;
  }

  /** For ever, where a linger is longer than a clock in nanoseconds goes. */
  private static long nanos(Duration linger) {
    return linger.compareTo(FOREVER) < 0 ? linger.toNanos() : Long.MAX_VALUE;
  }

  /**
   * Adds an element behind all others.
   *
   * @param element what to add
   * @param size its size in bytes, 0 or more and within the limits
   * @param now the time
   * @throws IllegalArgumentException if the size is out of range; nothing has been added then
   */
  public void append(T element, long size, long now) {
    requireNonNull(element, "element");
    limits.requireFitting(size);
    waiting.add(element, size, now);
  }

  /**
   * Takes the next batch if it is due: full, or its first element as old as the linger.
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
    return isFull() || (waiting.size() > 0 && now - waiting.headTime() >= lingerNanos);
  }

  /**
   * Takes the next batch whether it is due or not.
   *
   * @return the batch, never empty, or nothing if no element is waiting
   */
  public Optional<List<T>> pollAny() {
    if (waiting.size() == 0) {
      return Optional.empty();
    }
    List<T> batch = new ArrayList<>(Math.min(waiting.size(), maxItems));
    long room = maxBytes;
    do {
      room -= waiting.headSize();
      batch.add(waiting.remove());
    } while (waiting.size() > 0 && batch.size() < maxItems && waiting.headSize() <= room);
    waiting.trim();
    return Optional.of(batch);
  }

  private boolean isFull() {
    return waiting.size() >= maxItems || waiting.bytes() >= maxBytes;
  }

  /**
   * When the next batch is due if nothing else is appended.
   *
   * @return a time at or after which {@link #poll} gives a batch (it may be past), or nothing if no
   *     element is waiting, or only a full batch is ever due
   */
  public OptionalLong nextDue() {
    if (waiting.size() == 0) {
      return OptionalLong.empty();
    }
    if (isFull()) {
      return OptionalLong.of(waiting.headTime());
    }
    long due = waiting.headTime() + lingerNanos;
    return due < waiting.headTime() ? OptionalLong.empty() : OptionalLong.of(due);
  }

  /** {@return the number of elements waiting} */
  public int size() {
    return waiting.size();
  }

  /** {@return the bytes of the elements waiting} */
  public long bytes() {
    return waiting.bytes();
  }
}
