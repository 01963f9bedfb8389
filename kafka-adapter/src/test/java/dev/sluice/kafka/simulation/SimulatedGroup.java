package dev.sluice.kafka.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The group's coordinator: who is a member, who is to read what, and what is committed. It hands
 * out work as each of the three protocols does, and fences commits by membership and generation,
 * never by partition.
 */
final class SimulatedGroup {

  /** How partitions change hands. */
  enum Protocol {
    /** All give up everything, and then get their new share. */
    EAGER,
    /** All keep what they will have; the rest moves in a second round. */
    COOPERATIVE,
    /** No rounds: each member is told by heartbeat (KIP-848). */
    CONSUMER
  }

  /** A member as the coordinator knows it. */
  static final class Member {
    final SimulatedConsumer consumer;
    final String instance;

    /** What it owns as far as the coordinator knows. */
    Set<TopicPartition> owned = new LinkedHashSet<>();

    /** Its new share, which it has not taken yet; null if there is none. */
    Set<TopicPartition> share;

    boolean joined;
    boolean gone;
    boolean fenced;

    /** A static member that has left for a while. */
    boolean released;

    int generation;
    private Instant heard;
    private Instant mustGiveUpBy;

    Member(SimulatedConsumer consumer, String instance, Instant now) {
      this.consumer = consumer;
      this.instance = instance;
      this.heard = now;
    }
  }

  private final Simulation simulation;
  private final Scenario scenario;
  private final RandomGenerator random;
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private final List<Member> members = new ArrayList<>();
  private Map<Member, Set<TopicPartition>> target = new LinkedHashMap<>();
  private boolean preparing;
  private Instant joinBy = Instant.MAX;
  private int generation;

  SimulatedGroup(Simulation simulation) {
    this.simulation = simulation;
    this.scenario = simulation.scenario();
    this.random = simulation.time().random();
  }

  Long committed(TopicPartition id) {
    OffsetAndMetadata found = committed.get(id);
    return found == null ? null : found.offset();
  }

  /** What is committed, as it was sent. */
  OffsetAndMetadata found(TopicPartition id) {
    return committed.get(id);
  }

  void commit(TopicPartition id, OffsetAndMetadata offset) {
    OffsetAndMetadata before = committed.get(id);
    boolean isOlder = before != null && !before.metadata().isEmpty() && offset.metadata().isEmpty();
    if (!isOlder || scenario.kind() != Scenario.Kind.GOING_BACK) {
      committed.put(id, offset);
    }
  }

  boolean isPreparing() {
    return preparing;
  }

  /** {@return the live member with this instance id, or null} */
  Member holderOf(String instance) {
    return members.stream()
        .filter(member -> instance != null && instance.equals(member.instance))
        .findFirst()
        .orElse(null);
  }

  /** A consumer comes in; with a known instance id it takes the place of who had it. */
  Member join(SimulatedConsumer consumer, String instance) {
    Member member = new Member(consumer, instance, simulation.time().now());
    Member former = holderOf(instance);
    members.add(member);
    if (former == null) {
      rebalance();
      return member;
    }
    simulation.counts().add(Fault.STATIC_RESTART);
    former.gone = true;
    former.fenced = true;
    members.remove(former);
    member.owned = former.owned;
    member.generation = former.generation;
    Set<TopicPartition> share = target.remove(former);
    target.put(member, share == null ? new LinkedHashSet<>() : share);
    if (!preparing) {
      member.share = new LinkedHashSet<>(former.share != null ? former.share : former.owned);
      member.owned = new LinkedHashSet<>(member.share);
    } else if (former.joined) {
      member.owned = new LinkedHashSet<>();
    }
    return member;
  }

  /** A static member goes for a while; its share stays its own until its session is over. */
  void release(Member member) {
    if (member.share == null) {
      member.share = member.owned;
    }
    member.owned = new LinkedHashSet<>();
    member.released = true;
  }

  /** A member goes: by its own will, or because it was not heard of. */
  void remove(Member member) {
    if (!member.gone) {
      member.gone = true;
      members.remove(member);
      target.remove(member);
      rebalance();
    }
  }

  void rebalance() {
    simulation
        .counts()
        .add(
            switch (scenario.protocol()) {
              case EAGER -> Fault.EAGER_REBALANCE;
              case COOPERATIVE -> Fault.COOPERATIVE_REBALANCE;
              case CONSUMER -> Fault.CONSUMER_REBALANCE;
            });
    Instant by = simulation.time().now().plus(scenario.maxPollInterval());
    if (scenario.protocol() == Protocol.CONSUMER) {
      generation++;
      target = share();
      for (Member member : members) {
        member.generation = generation;
        member.mustGiveUpBy = target.get(member).containsAll(member.owned) ? null : by;
      }
    } else if (!preparing) {
      preparing = true;
      joinBy = by;
      members.forEach(member -> member.joined = false);
    }
  }

  /** A member of the classic protocols is ready for its new share. */
  void joined(Member member, Set<TopicPartition> keeps) {
    if (!member.gone && preparing) {
      member.joined = true;
      member.share = null;
      member.owned = new LinkedHashSet<>(keeps);
      completeIfAllJoined();
    }
  }

  private void completeIfAllJoined() {
    if (preparing
        && !members.isEmpty()
        && members.stream().allMatch(member -> member.joined || member.released)) {
      preparing = false;
      joinBy = Instant.MAX;
      generation++;
      target = share();
      for (Member member : members) {
        Set<TopicPartition> share = new LinkedHashSet<>(target.get(member));
        for (Member other : members) {
          if (other != member) {
            share.removeAll(other.owned);
          }
        }
        member.generation = generation;
        member.share = share;
        member.joined = false;
      }
      // Only now: what somebody still has is not given to anybody else.
      members.forEach(member -> member.owned = new LinkedHashSet<>(member.owned));
      if (scenario.protocol() == Protocol.EAGER) {
        members.forEach(member -> member.owned = new LinkedHashSet<>(member.share));
      }
    }
  }

  /** What a member has to give up and what it may take, under the consumer protocol. */
  Set<TopicPartition> toGiveUp(Member member, Set<TopicPartition> has) {
    Set<TopicPartition> revoked = new LinkedHashSet<>(has);
    revoked.removeAll(target.getOrDefault(member, Set.of()));
    return revoked;
  }

  Set<TopicPartition> toTake(Member member, Set<TopicPartition> has) {
    Set<TopicPartition> added = new LinkedHashSet<>(target.getOrDefault(member, Set.of()));
    added.removeAll(has);
    for (Member other : members) {
      if (other != member) {
        added.removeAll(other.owned);
      }
    }
    return added;
  }

  void owns(Member member, Set<TopicPartition> has) {
    member.owned = new LinkedHashSet<>(has);
    if (target.getOrDefault(member, Set.of()).containsAll(has)) {
      member.mustGiveUpBy = null;
    }
  }

  /** Looks who is late. Called again and again. */
  void watch() {
    Instant now = simulation.time().now();
    if (simulation.isBrokerDown()) {
      members.forEach(member -> member.heard = now);
      return;
    }
    for (Member member : List.copyOf(members)) {
      if (member.consumer.isHeardOf() && !member.released) {
        member.heard = now;
      }
      if (member.heard.plus(scenario.sessionTimeout()).isBefore(now)) {
        evict(member, Fault.SESSION_EXPIRED);
      } else if (member.mustGiveUpBy != null && member.mustGiveUpBy.isBefore(now)) {
        evict(member, Fault.REBALANCE_TIMED_OUT);
      } else if (!member.released
          && member.consumer.isHeardOf()
          && member.consumer.lastPoll().plus(scenario.maxPollInterval()).isBefore(now)) {
        evict(member, Fault.POLL_INTERVAL_MISSED);
      }
    }
    if (preparing && joinBy.isBefore(now)) {
      List.copyOf(members).stream()
          .filter(member -> !member.joined && !member.released)
          .forEach(member -> evict(member, Fault.REBALANCE_TIMED_OUT));
    }
    completeIfAllJoined();
    if (leavesSomeOver()) {
      rebalance();
    }
  }

  /** What a member was to give up when it was replaced, nobody has: there is another round. */
  private boolean leavesSomeOver() {
    if (preparing || members.isEmpty() || scenario.protocol() == Protocol.CONSUMER) {
      return false;
    }
    Set<TopicPartition> free = new LinkedHashSet<>(scenario.log().ids());
    for (Member member : members) {
      free.removeAll(member.owned);
      if (member.share != null) {
        free.removeAll(member.share);
      }
    }
    return !free.isEmpty();
  }

  private void evict(Member member, Fault why) {
    simulation.counts().add(why);
    simulation.trace(member.consumer.process(), () -> "is thrown out: " + why);
    remove(member);
  }

  private Map<Member, Set<TopicPartition>> share() {
    Map<Member, Set<TopicPartition>> shares = new LinkedHashMap<>();
    List<TopicPartition> free = new ArrayList<>(scenario.log().ids());
    boolean sticky = random.nextInt(3) > 0;
    int most = (free.size() + members.size() - 1) / Math.max(1, members.size());
    for (Member member : members) {
      Set<TopicPartition> share = new LinkedHashSet<>();
      if (sticky) {
        member.owned.stream().limit(most).filter(free::contains).forEach(share::add);
        free.removeAll(share);
      }
      shares.put(member, share);
    }
    Collections.shuffle(free, new Random(random.nextLong()));
    for (TopicPartition id : free) {
      members.stream()
          .min((a, b) -> Integer.compare(shares.get(a).size(), shares.get(b).size()))
          .ifPresent(least -> shares.get(least).add(id));
    }
    return shares;
  }
}
