package dev.sluice.kafka.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;

/**
 * One process's Kafka consumer. As with the real one callbacks run within {@code poll} and {@code
 * close}, an eager assignment forgets pauses, new partitions are not paused, and answers to commits
 * arrive within later calls. {@code poll} comes back at once; whoever drives the loop waits for it.
 */
// One thread at a time runs, and a monitor would be held across the waits of a fiber.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
final class SimulatedConsumer extends MockConsumer<byte[], byte[]> {

  /** A partition for as long as this consumer has it. */
  static final class Holding {
    long position;

    /** The leader epoch of what was read last; -1 if it is not known. */
    int epoch = -1;

    long start;
    long highestPosition;
    boolean paused;
    boolean lookedUp;

    /** Whether the client has found out where it reads on. */
    boolean positioned;

    /**
     * Whether it never will: somebody else asked at the same time, and it lost its own question.
     */
    boolean forgotten;

    boolean setBack;

    /** The lowest position that somebody has set it back to. */
    long setBackTo = Long.MAX_VALUE;

    /** Whether anything was read, or skipped. */
    boolean hasMoved() {
      return highestPosition != start || setBack;
    }

    /** What the last commit that was sent says. */
    long sent = -1;

    /** What the loop knows to be committed. */
    long known = -1;

    /** The last record that was mapped. */
    long mapped = -1;
  }

  private final SimulatedProcess process;
  private final Simulation simulation;
  private final Scenario scenario;
  private final SimulatedGroup group;
  private final RandomGenerator random;
  private final Commits commits;
  private final Map<TopicPartition, Holding> holdings = new LinkedHashMap<>();
  private final Queue<Runnable> answers = new ArrayDeque<>();
  private final String instance;
  private ConsumerRebalanceListener listener;
  private SimulatedGroup.Member member;
  private int generation;
  private Instant lastPoll;
  private Instant gapSince;
  private Duration wait = Duration.ZERO;
  private boolean closing;
  private boolean losing;
  private Map<TopicPartition, Holding> heldAtClose = Map.of();

  SimulatedConsumer(SimulatedProcess process, String instance) {
    super("earliest");
    this.process = process;
    this.simulation = process.simulation();
    this.scenario = simulation.scenario();
    this.group = simulation.group();
    this.random = simulation.time().random();
    this.instance = instance;
    this.commits = new Commits(this);
    this.lastPoll = simulation.time().now();
    this.gapSince = lastPoll;
  }

  SimulatedProcess process() {
    return process;
  }

  SimulatedGroup.Member member() {
    return member;
  }

  int generation() {
    return generation;
  }

  Instant lastPoll() {
    return lastPoll;
  }

  /** {@return whether the loop is being told what it has lost} */
  boolean isLosing() {
    return losing;
  }

  /** {@return how long the last poll would have waited} */
  Duration waits() {
    return wait;
  }

  Holding holding(TopicPartition id) {
    return holdings.get(id);
  }

  Map<TopicPartition, Holding> holdings() {
    return holdings;
  }

  /** {@return whether its heartbeats arrive} */
  boolean isHeardOf() {
    return process.isRunning();
  }

  boolean isMember() {
    return member != null && !member.gone;
  }

  /** The process stood still for a while: that was not the loop's doing. */
  void excuse(Duration stalled) {
    gapSince = gapSince.plus(stalled);
  }

  /** {@return whether the next turn may have to wait within a call} */
  boolean mayBlock() {
    if (!isMember() || simulation.isBrokerDown()) {
      return true;
    }
    for (Holding holding : holdings.values()) {
      if (!holding.lookedUp) {
        return true;
      }
    }
    if (scenario.protocol() == SimulatedGroup.Protocol.CONSUMER) {
      return !group.toGiveUp(member, holdings.keySet()).isEmpty()
          || !group.toTake(member, holdings.keySet()).isEmpty();
    }
    return (group.isPreparing() && !member.joined) || member.share != null;
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener rebalanceListener) {
    listener = rebalanceListener;
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    Instant now = simulation.time().now();
    Duration gap = Duration.between(gapSince, now);
    if (gap.compareTo(scenario.maxPollInterval()) >= 0) {
      simulation.checks().fail("between two polls were " + gap + ", by the loop's own doing");
    }
    if (process.rests()) {
      holdings.forEach(
          (id, holding) ->
              simulation
                  .checks()
                  .require(holding.paused, id + " is read while an operator wants it to rest"));
    }
    lastPoll = now;
    gapSince = now;
    wait = timeout;
    if (simulation.isBrokerDown()) {
      if (random.nextInt(20) == 0) {
        simulation.counts().add(Fault.POLL_FAILED);
        throw new DisconnectException("the broker is down");
      }
      return ConsumerRecords.empty();
    }
    follow();
    findPositions();
    runAnswers();
    ConsumerRecords<byte[], byte[]> records = fetch();
    if (!records.isEmpty()) {
      wait = Duration.ZERO;
    }
    return records;
  }

  /** Does what the group asks for. */
  private void follow() {
    if (!isMember()) {
      comeIn();
    }
    switch (scenario.protocol()) {
      case EAGER -> {
        if (group.isPreparing() && !member.joined) {
          revoke(assignment());
          group.joined(member, Set.of());
        }
        if (!member.gone && member.share != null) {
          generation = member.generation;
          Set<TopicPartition> share = member.share;
          member.share = null;
          holdings.clear();
          assign(share);
        }
      }
      case COOPERATIVE -> {
        if (group.isPreparing() && !member.joined) {
          group.joined(member, holdings.keySet());
        }
        if (!member.gone && member.share != null) {
          takeCooperatively();
        }
      }
      case CONSUMER -> {
        generation = member.generation;
        Set<TopicPartition> revoked = group.toGiveUp(member, holdings.keySet());
        if (!revoked.isEmpty()) {
          revoke(revoked);
        }
        if (!member.gone) {
          group.owns(member, holdings.keySet());
          Set<TopicPartition> added = group.toTake(member, holdings.keySet());
          if (!added.isEmpty()) {
            member.owned.addAll(added);
            assign(added);
          }
        }
      }
    }
  }

  private void comeIn() {
    if (member != null && member.fenced) {
      simulation.counts().add(Fault.FENCED_INSTANCE);
      throw new FencedInstanceIdException("another has this instance id");
    }
    if (!holdings.isEmpty()) {
      simulation.counts().add(Fault.PARTITIONS_LOST);
      Set<TopicPartition> lost = assignment();
      simulation.trace(process, () -> "has lost " + lost);
      losing = true;
      listener.onPartitionsLost(lost);
      losing = false;
      holdings.clear();
    }
    SimulatedGroup.Member holder = group.holderOf(instance);
    if (scenario.protocol() == SimulatedGroup.Protocol.CONSUMER
        && holder != null
        && !holder.released) {
      simulation.counts().add(Fault.FENCED_INSTANCE);
      throw new UnreleasedInstanceIdException("another has this instance id still");
    }
    member = group.join(this, instance);
    generation = member.generation;
  }

  private void takeCooperatively() {
    generation = member.generation;
    Set<TopicPartition> share = member.share;
    member.share = null;
    Set<TopicPartition> revoked = new LinkedHashSet<>(holdings.keySet());
    revoked.removeAll(share);
    if (!revoked.isEmpty()) {
      revoke(revoked);
    }
    if (!member.gone) {
      Set<TopicPartition> added = new LinkedHashSet<>(share);
      added.removeAll(holdings.keySet());
      assign(added);
      member.owned = assignment();
      if (!revoked.isEmpty()) {
        group.rebalance();
      }
    }
  }

  private void revoke(Set<TopicPartition> revoked) {
    simulation.trace(process, () -> "gives up " + revoked);
    listener.onPartitionsRevoked(revoked);
    holdings.keySet().removeAll(revoked);
  }

  private void assign(Set<TopicPartition> added) {
    for (TopicPartition id : added) {
      holdings.put(id, new Holding());
      simulation.trace(process, () -> "gets " + id);
    }
    listener.onPartitionsAssigned(new LinkedHashSet<>(added));
  }

  private void findPositions() {
    holdings.forEach(
        (id, holding) -> {
          if (!holding.positioned && !holding.forgotten && random.nextInt(4) > 0) {
            OffsetAndMetadata committed = group.found(id);
            holding.position = committed == null ? reset(id) : committed.offset();
            holding.epoch = committed == null ? -1 : committed.leaderEpoch().orElse(-1);
            validate(id.partition(), holding);
            holding.start = holding.position;
            holding.highestPosition = holding.position;
            holding.positioned = true;
            simulation.trace(process, () -> "reads " + id + " from " + holding.position);
          }
        });
  }

  /**
   * As the real client does: what the leader says of the end of the epoch that was read last is
   * where the log was cut; without an epoch it sees only that a position is beyond the end.
   */
  private void validate(int partition, Holding holding) {
    SimulatedLog log = scenario.log();
    long end = log.end(partition, simulation.millis());
    if (holding.epoch >= 0) {
      end = log.endOf(partition, holding.epoch, simulation.millis());
    }
    if (holding.position > end) {
      simulation.counts().add(Fault.LOG_CUT_NOTICED);
      holding.position = holding.epoch >= 0 ? end : log.start(partition);
      holding.highestPosition = Math.max(holding.highestPosition, holding.position);
      holding.setBack = true;
      holding.setBackTo = Math.min(holding.setBackTo, holding.position);
    }
  }

  private long reset(TopicPartition id) {
    if (!scenario.latest()) {
      return scenario.log().start(id.partition());
    }
    long end = scenario.log().end(id.partition(), simulation.millis());
    simulation.checks().skipped(id.partition(), end);
    return end;
  }

  private ConsumerRecords<byte[], byte[]> fetch() {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    int room = 1 + random.nextInt(scenario.maxPollRecords());
    List<TopicPartition> ids = new ArrayList<>(holdings.keySet());
    int first = ids.isEmpty() ? 0 : random.nextInt(ids.size());
    for (int i = 0; i < ids.size() && room > 0; i++) {
      TopicPartition id = ids.get((first + i) % ids.size());
      Holding holding = holdings.get(id);
      if (holding.positioned && !holding.paused && random.nextInt(4) > 0) {
        long before = holding.position;
        List<ConsumerRecord<byte[], byte[]>> taken = take(id.partition(), holding, room);
        room -= taken.size();
        if (!taken.isEmpty()) {
          records.put(id, taken);
        }
        if (holding.position != before) {
          next.put(
              id,
              new OffsetAndMetadata(
                  holding.position,
                  holding.epoch < 0 ? Optional.empty() : Optional.of(holding.epoch),
                  ""));
        }
      }
    }
    return new ConsumerRecords<>(records, next);
  }

  private List<ConsumerRecord<byte[], byte[]>> take(int partition, Holding holding, int room) {
    SimulatedLog log = scenario.log();
    if (holding.position < log.start(partition)) {
      simulation.counts().add(Fault.OUT_OF_RANGE);
      holding.position = log.start(partition);
      holding.epoch = -1;
    }
    validate(partition, holding);
    long end = log.end(partition, simulation.millis());
    List<ConsumerRecord<byte[], byte[]>> taken = new ArrayList<>();
    while (holding.position < end && taken.size() < room) {
      Entry entry = log.at(partition, holding.position++);
      holding.epoch = entry.epoch;
      if (entry.record != null && !entry.removed) {
        taken.add(entry.read());
      }
    }
    holding.highestPosition = Math.max(holding.highestPosition, holding.position);
    return taken;
  }

  @Override
  public void commitAsync(
      Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
    runAnswers();
    commits.async(offsets, callback);
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    runAnswers();
    commits.sync(offsets, timeout);
  }

  /** An answer that the application hears of within its next call. */
  void answer(Runnable answer) {
    answers.add(answer);
  }

  private void runAnswers() {
    for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.run();
    }
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> ids, Duration timeout) {
    if (simulation.isBrokerDown() || commits.failsNow()) {
      simulation.counts().add(Fault.LOOK_UP_FAILED);
      if (scenario.protocol() == SimulatedGroup.Protocol.CONSUMER) {
        // KAFKA-20765.
        ids.forEach(id -> holdings.get(id).forgotten = !holdings.get(id).positioned);
      }
      process.sleep(timeout);
      throw new TimeoutException("the committed offsets were not found out in time");
    }
    process.sleep(Duration.ofMillis(random.nextInt(20)));
    Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
    for (TopicPartition id : ids) {
      OffsetAndMetadata offset = group.found(id);
      found.put(id, offset);
      Holding holding = holdings.get(id);
      if (holding != null) {
        holding.lookedUp = true;
        holding.known = offset == null ? -1 : offset.offset();
      }
    }
    return found;
  }

  @Override
  public long position(TopicPartition id, Duration timeout) {
    Holding holding = holdings.get(id);
    if (!holding.positioned) {
      // Whatever the timeout, as the real one does.
      process.sleep(Duration.ofMillis(random.nextInt(5_000)));
      throw new TimeoutException("the position was not found out in time");
    }
    return holding.position;
  }

  /** Known a little after the position, from what was fetched. */
  @Override
  public OptionalLong currentLag(TopicPartition id) {
    Holding holding = holdings.get(id);
    return !holding.positioned || random.nextInt(4) == 0
        ? OptionalLong.empty()
        : OptionalLong.of(
            scenario.log().end(id.partition(), simulation.millis()) - holding.position);
  }

  @Override
  public void seek(TopicPartition id, long offset) {
    Holding holding = holdings.get(id);
    simulation
        .checks()
        .require(
            offset >= Math.min(holding.known, holding.setBackTo),
            id + " is read again from " + offset + ", below the committed " + holding.known);
    holding.position = offset;
    holding.epoch = -1;
    holding.setBack = true;
  }

  @Override
  public void seekToBeginning(Collection<TopicPartition> ids) {
    for (TopicPartition id : ids) {
      Holding holding = holdings.get(id);
      if (holding == null) {
        throw new IllegalStateException(id + " is not assigned");
      }
      simulation.counts().add(Fault.READ_ANEW);
      holding.position = scenario.log().start(id.partition());
      holding.epoch = -1;
      holding.setBack = true;
      holding.setBackTo = Math.min(holding.setBackTo, holding.position);
    }
  }

  @Override
  public Set<TopicPartition> assignment() {
    return new LinkedHashSet<>(holdings.keySet());
  }

  @Override
  public Set<TopicPartition> paused() {
    Set<TopicPartition> paused = new LinkedHashSet<>();
    holdings.forEach(
        (id, holding) -> {
          if (holding.paused) {
            paused.add(id);
          }
        });
    return paused;
  }

  @Override
  public void pause(Collection<TopicPartition> ids) {
    ids.forEach(id -> holdings.get(id).paused = true);
  }

  @Override
  public void resume(Collection<TopicPartition> ids) {
    ids.forEach(id -> holdings.get(id).paused = false);
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    return List.of(new PartitionInfo(topic, 0, null, null, null));
  }

  @Override
  public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> ids, Duration timeout) {
    if (simulation.isBrokerDown()) {
      process.sleep(timeout);
      throw new TimeoutException("the ends were not found out in time");
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    ids.forEach(id -> ends.put(id, scenario.log().end(id.partition(), simulation.millis())));
    return ends;
  }

  /** What it still had when it was closed, and knew to be its own. */
  Map<TopicPartition, Holding> heldAtClose() {
    return heldAtClose;
  }

  /** Gives back what it has and leaves; a static member only says that it will be back. */
  @Override
  public void close(CloseOptions options) {
    if (closing) {
      return;
    }
    closing = true;
    if (isMember()) {
      heldAtClose = new LinkedHashMap<>(holdings);
    }
    if (isMember() && !simulation.isBrokerDown()) {
      if (!holdings.isEmpty()) {
        revoke(assignment());
      }
      if (instance != null) {
        group.release(member);
      } else {
        group.remove(member);
      }
    } else if (!holdings.isEmpty()) {
      listener.onPartitionsLost(assignment());
    }
    runAnswers();
    holdings.clear();
  }
}
