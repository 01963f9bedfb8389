package dev.sluice.kafka.simulation;

import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;

/** What becomes of one consumer's commits. */
final class Commits {

  /** How a commit fares on its way. */
  private enum Way {
    ARRIVES,
    FAILS,
    REPLY_LOST,
    NEVER_ANSWERED,
    LANDS_LATE
  }

  private static final Way[] BAD = {Way.FAILS, Way.REPLY_LOST, Way.NEVER_ANSWERED, Way.LANDS_LATE};

  private final SimulatedConsumer consumer;
  private final Simulation simulation;
  private final SimulatedGroup group;
  private final RandomGenerator random;

  /** One request, as it was made. */
  private final class Request {
    final Map<TopicPartition, OffsetAndMetadata> offsets;
    final SimulatedGroup.Member member = consumer.member();
    final int generation = consumer.generation();

    Request(Map<TopicPartition, OffsetAndMetadata> offsets) {
      this.offsets = Map.copyOf(offsets);
      offsets.forEach(this::check);
    }

    private void check(TopicPartition id, OffsetAndMetadata offset) {
      SimulatedConsumer.Holding holding = consumer.holding(id);
      Checks checks = simulation.checks();
      checks.require(holding != null && !consumer.isLosing(), id + " is committed, and not owned");
      checks.require(
          offset.offset() <= (holding.setBack ? holding.highestPosition : holding.position),
          id + " is committed at " + offset.offset() + ", read to " + holding.highestPosition);
      checks.require(
          offset.offset() >= holding.sent || holding.setBack,
          id + " is committed at " + offset.offset() + " after " + holding.sent);
      holding.sent = offset.offset();
    }

    /** Arrives at the coordinator, which says why it refuses it, or null. */
    KafkaException arrive() {
      if (member.fenced) {
        return new FencedInstanceIdException("another has this instance id");
      }
      boolean classic = simulation.scenario().protocol() != SimulatedGroup.Protocol.CONSUMER;
      if (member.gone && (classic || random.nextBoolean())) {
        simulation.counts().add(Fault.COMMIT_REFUSED_AFTER_A_REBALANCE);
        return new CommitFailedException("the member is not known");
      }
      if (classic && generation != member.generation) {
        simulation.counts().add(Fault.COMMIT_REFUSED_FOR_A_REBALANCE);
        return random.nextBoolean()
            ? new RebalanceInProgressException("the group rebalances")
            : new CommitFailedException("the generation is over");
      }
      land();
      return null;
    }

    /** Takes effect, whoever owns the partitions by now. */
    void land() {
      offsets.forEach(
          (id, offset) -> {
            Long before = group.committed(id);
            if (before != null && offset.offset() < before) {
              simulation.counts().add(Fault.COMMIT_SET_BACK);
            }
            if (consumer.holding(id) == null) {
              simulation.counts().add(Fault.COMMIT_OF_FORMER_OWNER);
            }
            simulation.trace(consumer.process(), () -> "commits " + id + " at " + offset.offset());
            group.commit(id, offset);
            simulation.checks().committed(id.partition(), offset);
          });
    }

    /** The application knows that it took effect. */
    void known() {
      offsets.forEach(
          (id, offset) -> {
            SimulatedConsumer.Holding holding = consumer.holding(id);
            if (holding != null) {
              holding.known = offset.offset();
            }
          });
    }
  }

  Commits(SimulatedConsumer consumer) {
    this.consumer = consumer;
    this.simulation = consumer.process().simulation();
    this.group = simulation.group();
    this.random = simulation.time().random();
  }

  boolean failsNow() {
    return random.nextDouble() < simulation.commitTrouble();
  }

  private Way way() {
    if (simulation.isBrokerDown()) {
      return Way.FAILS;
    }
    return failsNow() ? BAD[random.nextInt(BAD.length)] : Way.ARRIVES;
  }

  void async(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
    Request request = new Request(offsets);
    switch (way()) {
      case ARRIVES ->
          inFlight(
              random.nextInt(200) == 0 ? 5_000 : 30,
              () -> {
                KafkaException refusal = request.arrive();
                consumer.answer(() -> answered(request, callback, refusal));
              });
      case FAILS -> {
        simulation.counts().add(Fault.COMMIT_FAILED);
        inFlight(2_000, () -> consumer.answer(() -> answered(request, callback, timeout())));
      }
      case REPLY_LOST -> {
        simulation.counts().add(Fault.COMMIT_APPLIED_AND_REPLY_LOST);
        inFlight(
            1_000,
            () -> {
              KafkaException refusal = request.arrive();
              consumer.answer(
                  () -> answered(request, callback, refusal == null ? timeout() : refusal));
            });
      }
      case NEVER_ANSWERED -> {
        simulation.counts().add(Fault.COMMIT_NEVER_ANSWERED);
        if (random.nextBoolean()) {
          inFlight(1_000, request::arrive);
        }
      }
      case LANDS_LATE -> {
        landLate(request);
        inFlight(1_000, () -> consumer.answer(() -> answered(request, callback, timeout())));
      }
    }
  }

  private void answered(Request request, OffsetCommitCallback callback, KafkaException failure) {
    if (failure == null) {
      request.known();
    }
    callback.onComplete(request.offsets, failure);
  }

  void sync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    Request request = new Request(offsets);
    Way way = way();
    if (way == Way.ARRIVES) {
      consumer.process().sleep(Duration.ofMillis(random.nextInt(30)));
      KafkaException refusal = request.arrive();
      if (refusal != null) {
        throw refusal;
      }
      request.known();
      return;
    }
    if (way == Way.LANDS_LATE) {
      landLate(request);
    } else if (way == Way.REPLY_LOST) {
      simulation.counts().add(Fault.COMMIT_APPLIED_AND_REPLY_LOST);
      request.arrive();
    } else {
      simulation.counts().add(Fault.COMMIT_FAILED);
    }
    consumer.process().sleep(timeout);
    throw timeout();
  }

  /** The commit of one who gave it up, perhaps after the partition has moved on. */
  private void landLate(Request request) {
    simulation.counts().add(Fault.COMMIT_LANDED_LATE);
    simulation.later(1_000 + random.nextInt(20_000), request::land);
  }

  /** Within so many milliseconds; with the process dies, by chance, what it has sent. */
  private void inFlight(int atMostMillis, Runnable step) {
    simulation.later(
        1 + random.nextInt(atMostMillis),
        () -> {
          if (!consumer.process().isDead() || random.nextBoolean()) {
            step.run();
          }
        });
  }

  private KafkaException timeout() {
    return random.nextBoolean()
        ? new TimeoutException("no answer in time")
        : new RetriableCommitFailedException("no answer in time");
  }
}
