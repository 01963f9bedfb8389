package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.offsets.OffsetTracker;
import dev.sluice.kafka.record.ConsumerHealth;
import dev.sluice.kafka.record.ConsumerHealth.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Makes one health of what several loops have published. */
public final class HealthView {
  private HealthView() {}

  /**
   * How the loops are together.
   *
   * @param state whether they run
   * @param loops those that have not ended
   * @param wiring of one of them
   * @return their health at this moment
   */
  public static ConsumerHealth of(State state, Collection<PollLoop> loops, Wiring wiring) {
    Instant now = wiring.environment().clocks().steady().instant();
    Map<TopicPartition, ConsumerHealth.Partition> partitions = new HashMap<>();
    Duration sincePoll = Duration.ZERO;
    Duration oldestFormer = null;
    Duration notTakenFor = null;
    String notTakenBy = null;
    Duration sinceCommit = Duration.ZERO;
    int commitFailures = 0;
    Duration unanswered = null;
    Set<String> missingTopics = new HashSet<>();
    for (PollLoop loop : loops) {
      LoopSnapshot snapshot = loop.snapshot();
      snapshot.partitions().forEach(one -> partitions.put(one.id(), partition(one, now)));
      sincePoll = longer(sincePoll, since(loop.lastPoll(), now));
      oldestFormer = longer(oldestFormer, since(snapshot.oldestFormer(), now));
      notTakenFor = longer(notTakenFor, since(snapshot.blockedSince(), now));
      notTakenBy = snapshot.blockedBy() == null ? notTakenBy : snapshot.blockedBy();
      Duration committed = since(snapshot.lastCommit(), now);
      sinceCommit =
          sinceCommit == null || committed == null ? null : longer(sinceCommit, committed);
      unanswered = longer(unanswered, since(snapshot.unansweredSince(), now));
      commitFailures = Math.max(commitFailures, snapshot.commitFailures());
      missingTopics.addAll(snapshot.missingTopics());
    }
    return new ConsumerHealth(
        state,
        new ConsumerHealth.Polling(
            sincePoll == null ? Duration.ZERO : sincePoll,
            wiring.subscription().maxPollInterval(),
            unanswered == null ? Duration.ZERO : unanswered),
        partitions,
        wiring.pipeline().options().maxRecordAge(),
        oldestFormer == null ? Duration.ZERO : oldestFormer,
        new ConsumerHealth.DeadLetters(notTakenFor, notTakenBy),
        new ConsumerHealth.Commits(loops.isEmpty() ? null : sinceCommit, commitFailures),
        new ConsumerHealth.Topics(wiring.shared().compaction().topics(), missingTopics));
  }

  private static ConsumerHealth.Partition partition(LoopSnapshot.One one, Instant now) {
    Duration oldest = since(one.open().oldest(), now);
    Duration stuck = since(one.open().stuckSince(), now);
    Duration unknown = since(one.offsets().unknownSince(), now);
    return new ConsumerHealth.Partition(
        known(one.offsets().committed()),
        known(one.offsets().position()),
        unknown == null ? Duration.ZERO : unknown,
        one.offsets().span(),
        one.lag(),
        new ConsumerHealth.Open(
            one.open().records(),
            one.open().bytes(),
            oldest == null ? Duration.ZERO : oldest,
            stuck == null ? Duration.ZERO : stuck),
        one.pausedFor(),
        unreadable(one.unreadable(), now));
  }

  private static ConsumerHealth.@Nullable Unreadable unreadable(
      LoopSnapshot.@Nullable Unreadable one, Instant now) {
    return one == null
        ? null
        : new ConsumerHealth.Unreadable(
            one.offset(), Duration.between(one.since(), now), one.exception());
  }

  private static @Nullable Long known(long offset) {
    return offset == OffsetTracker.UNKNOWN ? null : offset;
  }

  private static @Nullable Duration since(@Nullable Instant then, Instant now) {
    if (then == null) {
      return null;
    }
    return then.isAfter(now) ? Duration.ZERO : Duration.between(then, now);
  }

  private static @Nullable Duration longer(@Nullable Duration one, @Nullable Duration other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.compareTo(other) < 0 ? other : one;
  }
}
