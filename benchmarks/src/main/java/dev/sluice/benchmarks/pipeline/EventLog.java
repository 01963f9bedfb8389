package dev.sluice.benchmarks.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.SplittableRandom;

/**
 * The records of a topic: which event is in which place. Some repeat an earlier event, as producers
 * that retry and upstream jobs that run again do. Immutable.
 */
final class EventLog {
  static final int PARTITIONS = 3;

  /** Of the item that an event becomes, as stored. */
  static final int ITEM_BYTES = 700;

  private static final String FIELDS = "created|customer-4711|1003|";
  private static final byte[] VALUE =
      (FIELDS + "x".repeat(ITEM_BYTES - Delivery.OVERHEAD_BYTES)).getBytes(UTF_8);

  private final int[] events;

  private EventLog(int[] events) {
    this.events = events;
  }

  /**
   * Makes a log.
   *
   * @param records how many
   * @param repeats the share of them that repeat an event from anywhere before
   * @param seed decides which
   */
  static EventLog of(int records, double repeats, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] events = new int[records];
    for (int i = 0; i < records; i++) {
      boolean repeated = i > 0 && random.nextDouble() < repeats;
      events[i] = repeated ? events[random.nextInt(i)] : i;
    }
    return new EventLog(events);
  }

  int records() {
    return events.length;
  }

  /** {@return the partition that a record goes to; they take turns} */
  static int partition(int record) {
    return record % PARTITIONS;
  }

  /** {@return where a record is in its partition} */
  static long offset(int record) {
    return record / PARTITIONS;
  }

  /** {@return the number of the event that a record carries} */
  int event(int record) {
    return events[record];
  }

  static String eventId(int event) {
    return "order-%08d-paid".formatted(event);
  }

  /** {@return the number in an event's id} */
  static int number(String eventId) {
    return Integer.parseInt(eventId, 6, 14, 10);
  }

  byte[] key(int record) {
    return eventId(events[record]).getBytes(UTF_8);
  }

  /** {@return what every event says: only ids differ} */
  static byte[] value() {
    return VALUE;
  }
}
