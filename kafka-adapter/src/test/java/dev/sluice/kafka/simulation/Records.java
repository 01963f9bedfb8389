package dev.sluice.kafka.simulation;

import dev.sluice.kafka.simulation.Entry.Mapping;
import dev.sluice.model.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Draws what is published: records, their duplicates, bad ones, and gaps. */
final class Records {
  private static final int KEYS = 5;
  private static final Duration SLOW = Duration.ofMillis(150);

  private final RandomGenerator random;
  private final Scenario.Kind kind;
  private final Mode mode;
  private final boolean slow;
  private final SimulatedLog log;
  private final int millis;
  private final Set<Event> reused = new HashSet<>();
  private final Set<Event> stuck = new HashSet<>();
  private final Set<Event> tombstones = new HashSet<>();
  private final List<Entry.Draft> drafts = new ArrayList<>();
  private int events;

  Records(
      RandomGenerator random,
      Scenario.Kind kind,
      Mode mode,
      boolean slow,
      SimulatedLog log,
      int millis) {
    this.random = random;
    this.kind = kind;
    this.mode = mode;
    this.slow = slow;
    this.log = log;
    this.millis = millis;
  }

  Set<Event> reused() {
    return reused;
  }

  Set<Event> stuck() {
    return stuck;
  }

  void publish() {
    int count = kind == Scenario.Kind.STUCK ? 40 : 3 + random.nextInt(40);
    for (int i = 0; i < count; i++) {
      draw(random.nextInt(kind == Scenario.Kind.STUCK ? 2_000 : millis));
    }
    drafts.sort(Comparator.comparingLong(Entry.Draft::at));
    drafts.forEach(log::publish);
  }

  private void draw(long at) {
    if (kind == Scenario.Kind.STUCK) {
      Event event = new Event("e" + events++, Event.Shape.CREATE, null, 0);
      String key = random.nextInt(8) == 0 ? null : "k" + random.nextInt(20);
      if (random.nextInt(3) == 0) {
        stuck.add(event);
      }
      int partition = key == null ? 0 : key.hashCode() % log.partitionCount();
      add(partition, key, Mapping.WRITE, List.of(event), 0, at);
      return;
    }
    if (kind == Scenario.Kind.GOING_BACK) {
      drawUnique(at);
      return;
    }
    String key = random.nextInt(8) == 0 ? null : "k" + random.nextInt(KEYS);
    boolean strays = kind != Scenario.Kind.ORDER && random.nextInt(10) == 0;
    int partition =
        key == null || strays
            ? random.nextInt(log.partitionCount())
            : key.hashCode() % log.partitionCount();
    switch (random.nextInt(16)) {
      case 0 -> {
        // What an aborted transaction leaves: its records and its marker.
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
          add(partition, key, Mapping.GAP, List.of(), 0, at);
        }
      }
      case 1 -> add(partition, key, Mapping.SKIP, List.of(), 0, at);
      case 2 -> bad(partition, key, at);
      case 3 -> add(partition, key, Mapping.WRITE, List.of(sound(key, at), sound(key, at)), 0, at);
      default -> {
        Event event = sound(key, at);
        if (random.nextInt(12) == 0) {
          // Its event is not in its value; the mapper knows it all the same.
          tombstones.add(event);
        }
        add(partition, key, Mapping.WRITE, List.of(event), 0, at);
        repeat(partition, key, event, at);
      }
    }
  }

  /** Each event is one record's alone, so that it is known what a position was for. */
  private void drawUnique(long at) {
    int partition = random.nextInt(log.partitionCount());
    Mapping mapping = random.nextInt(10) == 0 ? Mapping.SKIP : Mapping.WRITE;
    String key = random.nextInt(8) == 0 ? null : "k" + random.nextInt(KEYS);
    add(partition, key, mapping, List.of(sound(null, at)), 0, at);
  }

  private void bad(int partition, String key, long at) {
    switch (random.nextInt(5)) {
      case 0 -> add(partition, key, Mapping.REJECT, List.of(), 0, at);
      case 1 -> add(partition, key, Mapping.THROW, List.of(), 0, at);
      case 2 -> add(partition, key, Mapping.OVERFLOW, List.of(), 0, at);
      case 3 ->
          add(partition, key, Mapping.WRITE, List.of(event(Event.Shape.INVALID, key, at)), 0, at);
      default -> {
        Event event = event(Event.Shape.POISON, key, at);
        add(partition, key, Mapping.WRITE, List.of(event), 0, at);
        repeat(partition, key, event, at);
      }
    }
  }

  private void repeat(int partition, String key, Event event, long at) {
    // Which of two records of an event claims it is open, and with that when it takes effect.
    while (event.shape() != Event.Shape.STATE && random.nextInt(4) == 0) {
      int other = random.nextInt(3) == 0 ? random.nextInt(log.partitionCount()) : partition;
      int content = 0;
      if (mode != Mode.KEYED
          && event.shape() == Event.Shape.CREATE
          && !tombstones.contains(event)
          && random.nextInt(10) == 0) {
        content = 1;
        reused.add(event);
      }
      long later = at + random.nextInt(3_000);
      add(other, key, Mapping.WRITE, List.of(event), content, later);
    }
  }

  private Event sound(String key, long at) {
    return event(shape(key), key, at);
  }

  private Event event(Event.Shape shape, String key, long at) {
    int number = events++;
    boolean shares = shape == Event.Shape.ENTITY || shape == Event.Shape.STATE;
    // As the records will stand in the log.
    long version = shares ? at * 1_000 + number : 0;
    return new Event("e" + number, shape, shares ? key : null, version);
  }

  private Event.Shape shape(String key) {
    if (mode == Mode.TRANSACTIONAL && random.nextBoolean()) {
      return Event.Shape.COUNT;
    }
    if (key != null && kind == Scenario.Kind.ORDER && random.nextInt(3) > 0) {
      return Event.Shape.STATE;
    }
    if (key != null && random.nextInt(4) == 0) {
      return Event.Shape.ENTITY;
    }
    return random.nextBoolean() ? Event.Shape.CREATE : Event.Shape.PUT_SHARDED;
  }

  private void add(
      int partition, String key, Mapping mapping, List<Event> events, int content, long at) {
    String value;
    if (events.isEmpty()) {
      value = random.nextInt(4) == 0 ? null : "?";
    } else {
      value = tombstones.contains(events.get(0)) ? null : events.get(0).value(content);
    }
    drafts.add(
        new Entry.Draft(
            partition,
            key,
            value,
            mapping,
            events,
            content,
            random.nextInt(3) == 0,
            slow ? SLOW.multipliedBy(random.nextInt(3)) : Duration.ZERO,
            at));
  }
}
