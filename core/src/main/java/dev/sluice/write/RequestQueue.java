package dev.sluice.write;

import dev.sluice.batch.BatchAccumulator;
import dev.sluice.batch.BatchLimits;
import dev.sluice.batch.BatchTriggers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one sender is to send: requests that go as they are, those that go again among them, before
 * elements that are still gathered. Belongs to the loop.
 *
 * @param <T> an element: a claim, an effect
 * @param <R> elements that share a request
 */
final class RequestQueue<T, R> {
  private final BatchAccumulator<T> gathering;
  private final Deque<R> asTheyAre = new ArrayDeque<>();
  private final Function<List<T>, R> together;
  private final TurnClock clock;

  /**
   * Creates an empty queue.
   *
   * @param triggers when a batch is due
   * @param together makes one of elements that have been gathered; the list is theirs
   * @param clock the time of the turn
   */
  RequestQueue(BatchTriggers triggers, Function<List<T>, R> together, TurnClock clock) {
    this.gathering = new BatchAccumulator<>(triggers, BatchLimits.BATCH_WRITE);
    this.together = together;
    this.clock = clock;
  }

  /** An element waits for others to share a request with. */
  void gather(T element, long bytes) {
    gathering.append(element, bytes, clock.nanos());
  }

  /** An element goes by itself, and waits for nobody. */
  void addAlone(T element) {
    List<T> alone = new ArrayList<>(1);
    alone.add(element);
    add(together.apply(alone));
  }

  /** Elements share one request, and with no others. */
  void add(R elements) {
    asTheyAre.add(elements);
  }

  /** Those that were taken could not be sent: they are next again. */
  void putBack(R elements) {
    asTheyAre.addFirst(elements);
  }

  /** {@return whether {@link #take} has something} */
  boolean isDue(boolean atOnce) {
    return !asTheyAre.isEmpty() || (atOnce ? gathering.size() > 0 : gathering.isDue(clock.nanos()));
  }

  /** {@return when something is due by itself; now if something is} */
  OptionalLong nextDue(boolean atOnce) {
    return isDue(atOnce) ? OptionalLong.of(clock.nanos()) : gathering.nextDue();
  }

  /** Takes what goes next, or null if nothing is due. */
  @Nullable R take(boolean atOnce) {
    R next = asTheyAre.poll();
    if (next != null) {
      return next;
    }
    return (atOnce ? gathering.pollAny() : gathering.poll(clock.nanos()))
        .map(together)
        .orElse(null);
  }
}
