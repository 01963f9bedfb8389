package dev.sluice.kafka.internal.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of topics that are compacted while the writer drops duplicates: if the record that claimed
 * an event is compacted away before it ends, its dropped duplicates are lost. Asks about each topic
 * until there is an answer; where it may not know, it says nothing. Safe for any thread; shared by
 * all loops of a consumer, so that there is one warning.
 */
public final class CompactionCheck {
  private static final Logger log = LoggerFactory.getLogger(CompactionCheck.class);

  /** From a question that got no answer to the next; a broker may be starting. */
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final CleanupPolicies policies;
  private final boolean tolerated;

  /** When to ask about a topic again, for each that was asked about. */
  private final Map<String, Instant> asked = new ConcurrentHashMap<>();

  private final Set<String> compacted = ConcurrentHashMap.newKeySet();

  /**
   * Asks nothing yet.
   *
   * @param policies whom to ask
   * @param tolerated whether the writer loses nothing to compaction, so that there is no need to
   */
  public CompactionCheck(CleanupPolicies policies, boolean tolerated) {
    this.policies = policies;
    this.tolerated = tolerated;
  }

  /** Asks about a topic, if there was no answer yet and it is time. */
  public void look(String topic, Instant now) {
    if (!tolerated && isDue(topic, now)) {
      look(List.of(topic), now);
    }
  }

  /** Asks about those topics about which there was no answer yet, if it is time. */
  public void look(Iterable<String> topics, Instant now) {
    Set<String> unknown = new HashSet<>();
    for (String topic : topics) {
      if (!tolerated && begin(topic, now)) {
        unknown.add(topic);
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    try {
      var unused =
          policies
              .compacted(unknown)
              .whenComplete((answer, failure) -> answered(answer, failure, now));
    } catch (RuntimeException e) {
      answered(null, e, now);
    }
  }

  private boolean isDue(String topic, Instant now) {
    Instant due = asked.get(topic);
    return due == null || !now.isBefore(due);
  }

  /** Of several loops one asks. */
  private boolean begin(String topic, Instant now) {
    Instant due = asked.putIfAbsent(topic, Instant.MAX);
    return due == null || (!now.isBefore(due) && asked.replace(topic, due, Instant.MAX));
  }

  private void answered(
      CleanupPolicies.@Nullable Answer answer, @Nullable Throwable failure, Instant askedAt) {
    if (failure != null || answer == null) {
      log.debug("It is not known which topics are compacted", failure);
      return;
    }
    answer.unanswered().forEach(topic -> asked.put(topic, askedAt.plus(AGAIN)));
    if (!answer.compacted().isEmpty()) {
      compacted.addAll(answer.compacted());
      log.warn(
          "These topics are compacted: {}. A record that claimed an event may vanish from them before it ends, and the writer drops its duplicates: events can be lost. Build the writer with duplicates(REAPPLY)",
          answer.compacted());
    }
  }

  /** Ends what is still being asked; nothing is asked after it. */
  public void close() {
    policies.close();
  }

  /** {@return the topics known to be compacted, if that matters} */
  public Set<String> topics() {
    return Set.copyOf(compacted);
  }
}
