package dev.sluice.kafka.record;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one thread at a time use some objects, by whatever way it came to them: each object has one
 * lock in the process, as long as it lives. Locks are taken in the order in which they were made,
 * so that nobody waits in a circle. Safe for any thread.
 */
final class MapperTurns {
  private static final Logger log = LoggerFactory.getLogger(MapperTurns.class);
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Map<Identity, Turn> ALL = new HashMap<>();
  private static final ReferenceQueue<Object> GONE = new ReferenceQueue<>();
  private static long made;

  private final List<Turn> turns;

  private MapperTurns(List<Turn> turns) {
    this.turns = turns;
  }

  /** For objects that any number of threads may use. */
  static MapperTurns none() {
    return new MapperTurns(List.of());
  }

  static MapperTurns of(Object... objects) {
    return new MapperTurns(
        List.of(objects).stream()
            .map(MapperTurns::turn)
            .distinct()
            .sorted(Comparator.comparingLong(each -> each.number))
            .toList());
  }

  private static synchronized Turn turn(Object object) {
    for (Object gone = GONE.poll(); gone != null; gone = GONE.poll()) {
      ALL.remove(gone);
    }
    return ALL.computeIfAbsent(new Identity(object), each -> new Turn(made++));
  }

  /**
   * Waits until the objects are free.
   *
   * @param atMost how long to wait for each, at most
   * @return whether this thread may use them, until {@link #end}
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  boolean take(Duration atMost) throws InterruptedException {
    int taken = 0;
    try {
      for (Turn each : turns) {
        if (!each.tryLock() && !each.tryLock(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
          return false;
        }
        taken++;
      }
      return true;
    } finally {
      if (taken < turns.size()) {
        end(taken);
      }
    }
  }

  /**
   * Waits until the objects are free, for as long as it takes.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  void take() throws InterruptedException {
    while (!take(LONG)) {
      log.warn("A mapper or deserialiser has been in use by another thread for {}", LONG);
    }
  }

  /** Gives the objects free. */
  void end() {
    end(turns.size());
  }

  private void end(int taken) {
    for (int i = taken - 1; i >= 0; i--) {
      turns.get(i).unlock();
    }
  }

  boolean sharesSomeOf(Collection<MapperTurns> others) {
    return others.stream().anyMatch(other -> turns.stream().anyMatch(other.turns::contains));
  }

  private static final class Turn extends ReentrantLock {
    private static final long serialVersionUID = 1;
    private final long number;

    Turn(long number) {
      this.number = number;
    }
  }

  /** Keeps no object alive, and asks none for its equals. */
  private static final class Identity extends WeakReference<Object> {
    private final int hash;

    Identity(Object object) {
      super(object, GONE);
      this.hash = System.identityHashCode(object);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      Object object = get();
      return object != null && other instanceof Identity identity && identity.get() == object;
    }
  }
}
