package dev.sluice.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * A table of so many write units a second with a second of credit, and processes that write to it,
 * each by its own budget: batches of up to 25 items, answers after some 5 ms, and backoff for what
 * was throttled. In virtual time, in steps of a millisecond.
 */
final class SharedTable {
  private static final long STEP_NANOS = 1_000_000L;
  private static final double NANOS = 1e9;
  private static final int MOST_BUFFERED = 10_000;
  private static final int MOST_IN_FLIGHT = 40;
  private static final int MOST_ITEMS = 25;
  private static final int MOST_BATCH_UNITS = 1_000;

  private record Event(long at, long number, Runnable action) {}

  /** What waits in a process, and how often it was throttled. */
  private static final class Item {
    private int throttles;
  }

  private final Random random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private final List<Client> processes = new ArrayList<>();
  private final double capacity;
  private double credit;
  private long creditAt;
  private long number;
  private long now;
  private DoubleSupplier throttledShare = () -> 0;

  SharedTable(long seed, double capacity) {
    this.random = new Random(seed);
    this.capacity = capacity;
    this.credit = capacity;
  }

  InstantSource clock() {
    return () -> Instant.EPOCH.plusNanos(now);
  }

  double seconds() {
    return now / NANOS;
  }

  /** The table throttles such a share of the items, whatever its capacity. */
  void throttle(DoubleSupplier share) {
    throttledShare = share;
  }

  Client join(WriteBudget budget, double unitsPerSecond, int itemUnits) {
    Client process = new Client(budget, unitsPerSecond, itemUnits);
    processes.add(process);
    return process;
  }

  void run(double seconds) {
    long end = now + (long) (seconds * NANOS);
    while (now < end) {
      now += STEP_NANOS;
      while (!events.isEmpty() && events.peek().at <= now) {
        events.remove().action.run();
      }
      Collections.shuffle(processes, random);
      processes.forEach(Client::step);
    }
  }

  private void at(long time, Runnable action) {
    events.add(new Event(time, number++, action));
  }

  private boolean admits(int units) {
    if (random.nextDouble() < throttledShare.getAsDouble()) {
      return false;
    }
    if (capacity == Double.POSITIVE_INFINITY) {
      return true;
    }
    credit = Math.min(capacity, credit + capacity * (now - creditAt) / NANOS);
    creditAt = now;
    boolean admitted = credit >= units;
    credit -= admitted ? units : 0;
    return admitted;
  }

  /** Writes as much as it is offered, as its budget allows. */
  final class Client {
    final WriteBudget budget;
    private double offered;
    private final int itemUnits;
    private final Deque<Item> waiting = new ArrayDeque<>();
    private double due;
    private int buffered;
    private int inFlight;
    private double admitted;
    private double throttled;

    private Client(WriteBudget budget, double offered, int itemUnits) {
      this.budget = budget;
      this.offered = offered;
      this.itemUnits = itemUnits;
    }

    /** From now on so many units a second are to be written. */
    void offer(double unitsPerSecond) {
      offered = unitsPerSecond;
    }

    private void step() {
      due += offered * STEP_NANOS / NANOS / itemUnits;
      while (due >= 1 && buffered < MOST_BUFFERED) {
        waiting.add(new Item());
        buffered++;
        due--;
      }
      due = Math.min(due, 1);
      while (!waiting.isEmpty() && inFlight < MOST_IN_FLIGHT && sendOne()) {
        inFlight++;
      }
    }

    private boolean sendOne() {
      double most = Math.min(MOST_BATCH_UNITS, budget.unitsAtOnce()) / itemUnits;
      int count = (int) Math.max(1, Math.min(Math.min(waiting.size(), MOST_ITEMS), most));
      var reserved = budget.reserve(count * (double) itemUnits);
      if (reserved.isEmpty()) {
        return false;
      }
      List<Item> batch = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        batch.add(waiting.remove());
      }
      at(now + 3_000_000 + random.nextInt(4_000_000), () -> answered(batch, reserved.get()));
      return true;
    }

    private void answered(List<Item> batch, WriteBudget.Reservation reservation) {
      inFlight--;
      double taken = 0;
      double left = 0;
      for (Item item : batch) {
        if (admits(itemUnits)) {
          taken += itemUnits;
          buffered--;
        } else {
          left += itemUnits;
          item.throttles++;
          double bound = Math.min(5e9, 25e6 * (1L << Math.min(20, item.throttles - 1)));
          at(now + (long) (random.nextDouble() * bound), () -> waiting.addFirst(item));
        }
      }
      admitted += taken;
      throttled += left;
      reservation.settle(taken, left);
    }

    double admitted() {
      return admitted;
    }

    double throttled() {
      return throttled;
    }
  }
}
