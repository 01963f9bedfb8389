package dev.sluice.spare;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps objects that cost much to make for their next use. A thread mostly gets the one that it
 * gave back; but no thread refers to it, as it would to what a {@link ThreadLocal} holds: the
 * threads are the callers', and outlive a library that is redeployed. Thread-safe.
 *
 * @param <T> the objects
 */
public final class Spares<T> {
  private static final int SLOTS = 32;
  // Slots are a cache line apart.
  private static final int SPACING = 16;

  private final AtomicReferenceArray<@Nullable T> slots =
      new AtomicReferenceArray<>(SLOTS * SPACING);
  private final Supplier<T> maker;

  /**
   * Creates it without objects.
   *
   * @param maker makes an object where none is spare
   */
  public Spares(Supplier<T> maker) {
    this.maker = maker;
  }

  /** {@return an object that nobody else has} */
  public T take() {
    T spare = slots.getAndSet(slot(), null);
    return spare == null ? maker.get() : spare;
  }

  /**
   * Gives an object back. One that is not given back is lost, and does no harm.
   *
   * @param object what was taken; not used by the caller any more
   */
  public void giveBack(T object) {
    slots.setRelease(slot(), object);
  }

  private static int slot() {
    long id = Thread.currentThread().getId();
    return (int) ((id * 0x9E3779B97F4A7C15L) >>> 59) * SPACING;
  }
}
