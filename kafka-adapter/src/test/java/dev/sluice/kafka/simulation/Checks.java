package dev.sluice.kafka.simulation;

import dev.sluice.kafka.internal.partition.TopicId;
import dev.sluice.kafka.record.DeadLetterHeaders;
import dev.sluice.model.Duplicates;
import dev.sluice.model.Mode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What must hold, read from the tables, the dead letters and the committed offsets alone. */
final class Checks {
  private final Simulation simulation;
  private final Scenario scenario;
  private final Set<String> deadLettered = new HashSet<>();
  private final Set<String> deadLetteredEvents = new HashSet<>();
  private final Set<String> put = new HashSet<>();
  private final Set<String> excused = new HashSet<>();
  private final Map<Integer, Long> verified = new HashMap<>();
  private BrokenPromise first;

  Checks(Simulation simulation) {
    this.simulation = simulation;
    this.scenario = simulation.scenario();
  }

  void require(boolean holds, String otherwise) {
    if (!holds) {
      fail(otherwise);
    }
  }

  void fail(String what) {
    BrokenPromise failure = new BrokenPromise("after " + simulation.millis() + " ms: " + what);
    // Whoever calls may guard itself against what its callees throw, and so hide this one.
    first = first == null ? failure : first;
    throw failure;
  }

  boolean hasFailed() {
    return first != null;
  }

  /** Throws what was found first, wherever that was. */
  void rethrow() {
    if (first != null) {
      throw first;
    }
  }

  /** Nothing is committed that is not done, by whomever. */
  void committed(int partition, OffsetAndMetadata commit) {
    long from = verified.getOrDefault(partition, 0L);
    long offset =
        scenario.kind() == Scenario.Kind.GOING_BACK ? vouched(partition, commit) : commit.offset();
    if (offset > from) {
      SimulatedTables.Contents items = simulation.tables().contents();
      for (long at = from; at < offset; at++) {
        Entry entry = scenario.log().at(partition, at);
        require(
            isSettled(entry, items), entry + " is below the committed " + offset + " and not done");
      }
      verified.put(partition, offset);
    }
  }

  /** Up to where a commit is about the log as it is, which may have gone back since. */
  private long vouched(int partition, OffsetAndMetadata commit) {
    TopicId now = simulation.upheavals().topicId();
    if (commit.leaderEpoch().isEmpty() || !now.metadata().equals(commit.metadata())) {
      return 0;
    }
    long end = scenario.log().endOf(partition, commit.leaderEpoch().get(), simulation.millis());
    return Math.min(end, commit.offset());
  }

  /** From an offset on there are, or will be, other records. */
  void wentBack(int partition, long offset) {
    verified.computeIfPresent(partition, (id, before) -> Math.min(before, offset));
  }

  /** Whether nothing needs to be done for a record any more, or it is gone. */
  private boolean isSettled(Entry entry, SimulatedTables.Contents items) {
    if (entry.record == null || entry.mapping == Entry.Mapping.SKIP || isExcused(entry)) {
      return true;
    }
    if (deadLettered.contains(entry.name())) {
      return true;
    }
    if (entry.isBad() && entry.events.isEmpty()) {
      return false;
    }
    for (Event event : entry.events) {
      if (!hasTakenEffect(event, items)
          && !deadLetteredEvents.contains(event.id())
          && !isToComeAgain(event, entry)) {
        return false;
      }
    }
    return true;
  }

  /** What was put stands until an earlier record is applied again, those behind it following. */
  private boolean hasTakenEffect(Event event, SimulatedTables.Contents items) {
    return event.shape() == Event.Shape.STATE ? put.contains(event.id()) : items.has(event);
  }

  /** A write has taken effect. */
  void applied(String eventId) {
    put.add(eventId);
  }

  /** A duplicate may be dropped while the record that claimed its event is still to be done. */
  private boolean isToComeAgain(Event event, Entry other) {
    for (Entry entry : scenario.log().all()) {
      if (entry != other && entry.events.contains(event) && !entry.removed) {
        TopicPartition id = new TopicPartition(SimulatedLog.TOPIC, entry.partition);
        Long committed = simulation.group().committed(id);
        if (committed == null || committed <= entry.offset) {
          return true;
        }
      }
    }
    return false;
  }

  /** A record vanished. If it was not done, that is nobody's fault here. */
  void vanished(Entry entry) {
    if (!isSettled(entry, simulation.tables().contents()) || hasTwin(entry)) {
      excuse(entry);
    }
  }

  private boolean hasTwin(Entry gone) {
    boolean reapplies =
        scenario.mode() != Mode.LEDGER || scenario.duplicates() == Duplicates.REAPPLY;
    SimulatedTables.Contents items = simulation.tables().contents();
    return !reapplies && gone.events.stream().anyMatch(event -> !items.has(event));
  }

  private void excuse(Entry gone) {
    boolean reapplies =
        scenario.mode() != Mode.LEDGER || scenario.duplicates() == Duplicates.REAPPLY;
    excused.add(gone.name());
    for (Event event : gone.events) {
      boolean survives =
          reapplies
              && scenario.log().entries(gone.partition).stream()
                  .anyMatch(
                      entry ->
                          !entry.removed
                              && entry.offset > gone.offset
                              && entry.events.contains(event));
      if (!survives) {
        excused.add(event.id());
      }
    }
  }

  private boolean isExcused(Entry entry) {
    return excused.contains(entry.name())
        || (!entry.events.isEmpty()
            && entry.events.stream().allMatch(event -> excused.contains(event.id())));
  }

  /** With {@code latest}, reading begins at the end; what was begun already must not be left. */
  void skipped(int partition, long end) {
    SimulatedTables.Contents items = simulation.tables().contents();
    for (Entry entry : scenario.log().entries(partition).subList(0, (int) end)) {
      if (entry.mapped) {
        require(
            isSettled(entry, items), entry + " was begun, and then skipped by the reset to latest");
      } else {
        excused.add(entry.name());
        entry.events.forEach(event -> excused.add(event.id()));
      }
    }
  }

  /** Nothing is begun before there is an offset to come back to. */
  void begun(Entry entry, SimulatedProcess process) {
    TopicPartition id = new TopicPartition(SimulatedLog.TOPIC, entry.partition);
    require(
        simulation.group().committed(id) != null,
        entry + " was begun before its partition had a committed offset");
    require(!process.rests(), entry + " was begun while an operator wants the loop to rest");
    entry.mapped = true;
  }

  /** Only what belongs there, as it was read. */
  void deadLettered(ProducerRecord<byte[], byte[]> letter) {
    Entry entry = simulation.entryOf(letter);
    require(
        entry.source().equals(header(letter, DeadLetterHeaders.SOURCE)),
        "a dead letter names " + header(letter, DeadLetterHeaders.SOURCE) + ", not " + entry);
    require(
        Arrays.equals(letter.key(), entry.record.key())
            && Arrays.equals(letter.value(), entry.record.value())
            && Arrays.equals(
                letter.headers().lastHeader("trace").value(),
                entry.record.headers().lastHeader("trace").value()),
        "the dead letter of " + entry + " holds other bytes");
    String reason = header(letter, DeadLetterHeaders.REASON);
    require(isRight(reason, entry), entry + " was dead-lettered as " + reason);
    deadLettered.add(entry.name());
    entry.events.forEach(event -> deadLetteredEvents.add(event.id()));
  }

  private boolean isRight(String reason, Entry entry) {
    return switch (reason) {
      case "MAPPER_REJECTED" -> entry.mapping == Entry.Mapping.REJECT;
      case "MAPPER_FAILED" ->
          entry.mapping == Entry.Mapping.THROW || entry.mapping == Entry.Mapping.OVERFLOW;
      case "INVALID_WRITE" ->
          entry.events.stream().anyMatch(event -> event.shape() == Event.Shape.INVALID);
      case "REJECTED_WRITE" ->
          entry.events.stream().anyMatch(event -> event.shape() == Event.Shape.POISON);
      case "CONFLICT_OTHER_CONTENT" -> scenario.reused().containsAll(entry.events);
      default -> false;
    };
  }

  static String header(ProducerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  /** {@return whether every record is done} */
  boolean isEverythingDone() {
    SimulatedTables.Contents items = simulation.tables().contents();
    return scenario.log().all().stream()
        .allMatch(
            entry ->
                entry.removed
                    || (isSettled(entry, items)
                        && entry.events.stream().allMatch(e -> isInItsPlace(e, entry, items))));
  }

  /** At the end: every event once, or dead-lettered. */
  void everythingInItsPlace() {
    SimulatedTables.Contents items = simulation.tables().contents();
    Map<String, Integer> contents = simulation.tables().contentByEvent();
    items
        .items()
        .forEach((event, count) -> require(count == 1, event + " is there " + count + " times"));
    eachEntityIsAsItsLastRecordSays(items);
    for (Entry entry : scenario.log().all()) {
      if (!entry.removed) {
        require(
            isSettled(entry, items),
            entry + " is lost: neither durable, nor a duplicate, nor dead-lettered");
      }
      if (entry.isBad() && !entry.removed && !isExcused(entry)) {
        require(
            deadLettered.contains(entry.name())
                || entry.events.stream().anyMatch(e -> deadLetteredEvents.contains(e.id())),
            entry + " is bad, and was not dead-lettered");
      }
      if (entry.mapped && !entry.isBad() && !isExcused(entry) && scenario.mode() != Mode.KEYED) {
        for (Event event : entry.events) {
          Integer stands = contents.get(event.id());
          require(
              stands == null
                  || stands == entry.content
                  || entry.removed
                  || deadLettered.contains(entry.name())
                  || scenario.log().all().stream()
                      .anyMatch(
                          other ->
                              other.events.contains(event)
                                  && other.content == entry.content
                                  && deadLettered.contains(other.name())),
              entry + " has other content than stands, and was dropped");
        }
      }
    }
  }

  /** Nothing older stands where a later record of the same key is done, however it got there. */
  private void eachEntityIsAsItsLastRecordSays(SimulatedTables.Contents items) {
    for (Entry entry : scenario.log().all()) {
      for (Event event : entry.events) {
        require(
            isInItsPlace(event, entry, items),
            event.sharedItem() + " is older than " + entry + " has made it");
      }
    }
  }

  private boolean isInItsPlace(Event event, Entry entry, SimulatedTables.Contents items) {
    return event.sharedItem() == null || entry.removed || isExcused(entry) || items.has(event);
  }

  /** A promise that did not hold. */
  @SuppressWarnings("serial")
  static final class BrokenPromise extends AssertionError {
    BrokenPromise(String message) {
      super(message);
    }
  }
}
