package dev.sluice.kafka.simulation;

import dev.sluice.kafka.internal.admin.TopicIds;
import dev.sluice.kafka.internal.partition.TopicId;
import dev.sluice.model.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Logs that go back: one is cut, as by an unclean election, and grows again under a later leader
 * epoch; or the topic is deleted and created again, its epochs beginning anew, while what was
 * committed stays.
 */
final class Upheavals {
  private final Simulation simulation;
  private final Scenario scenario;
  private final RandomGenerator random;
  private int events;
  private int topic;

  Upheavals(Simulation simulation) {
    this.simulation = simulation;
    this.scenario = simulation.scenario();
    this.random = simulation.time().random();
  }

  /** A partition loses its end, and other records come to those offsets, and more. */
  void cut() {
    SimulatedLog log = scenario.log();
    int partition = random.nextInt(log.partitionCount());
    long end = log.end(partition, simulation.millis());
    if (end == 0 || topic > 0) {
      return;
    }
    simulation.counts().add(Fault.LOG_CUT);
    long at = random.nextLong(end);
    replace(partition, at, log.epoch(partition) + 1);
    simulation.trace(null, () -> "partition " + partition + " is cut at " + at);
  }

  /** All partitions begin again. */
  void recreate() {
    SimulatedLog log = scenario.log();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      OffsetAndMetadata committed =
          simulation.group().found(new TopicPartition(SimulatedLog.TOPIC, partition));
      if (log.epoch(partition) > 0 || committed == null || committed.metadata().isEmpty()) {
        // With a lower epoch than the committed one the real client waits for ever; and an offset
        // that names no topic, as those of the first moments, is trusted.
        return;
      }
    }
    simulation.counts().add(Fault.TOPIC_RECREATED);
    topic++;
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      replace(partition, 0, 0);
    }
    simulation.trace(null, () -> "the topic is created again");
  }

  private void replace(int partition, long at, int epoch) {
    long now = simulation.millis();
    List<Entry> gone = scenario.log().cut(partition, at);
    List<Entry.Draft> drafts = new ArrayList<>();
    for (Entry entry : gone) {
      if (entry.publishedAt > now) {
        drafts.add(entry.draft);
      } else {
        simulation.checks().vanished(entry);
        drafts.add(draft(partition, now));
      }
    }
    for (int more = random.nextInt(10); more > 0; more--) {
      drafts.add(draft(partition, now));
    }
    drafts.sort(Comparator.comparingLong(Entry.Draft::at));
    drafts.forEach(draft -> scenario.log().publish(draft, epoch, topic));
    simulation.checks().wentBack(partition, at);
  }

  private Entry.Draft draft(int partition, long now) {
    Event.Shape shape =
        scenario.mode() == Mode.TRANSACTIONAL ? Event.Shape.COUNT : Event.Shape.CREATE;
    Event event = new Event("n" + events++, shape, null, 0);
    return new Entry.Draft(
        partition,
        "k" + random.nextInt(5),
        event.value(0),
        Entry.Mapping.WRITE,
        List.of(event),
        0,
        false,
        Duration.ZERO,
        now + 1 + random.nextInt(random.nextBoolean() ? 20 : 3_000));
  }

  /** The id that the topic has now. */
  TopicId topicId() {
    return new TopicId("simulated", new Uuid(1, topic));
  }

  /**
   * Says after a while, or not, which id the topic has now: one that is created again before the
   * first answer cannot be told from the former one.
   */
  CompletableFuture<TopicIds.Answer> answer(Set<String> topics) {
    var answer = new CompletableFuture<TopicIds.Answer>();
    TopicId now = topicId();
    simulation.later(
        1 + random.nextInt(random.nextInt(8) == 0 ? 3_000 : 100),
        () -> {
          if (simulation.isBrokerDown()) {
            answer.completeExceptionally(new TimeoutException("no answer"));
          } else {
            answer.complete(new TopicIds.Answer(Map.of(SimulatedLog.TOPIC, now), Set.of()));
          }
        });
    return answer;
  }
}
