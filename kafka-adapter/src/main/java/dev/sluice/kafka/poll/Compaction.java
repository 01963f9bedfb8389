package dev.sluice.kafka.poll;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of topics that are compacted while the writer drops duplicates: if the record that claimed
 * an event is compacted away before it ends, its dropped duplicates are lost. Asks about each topic
 * once; where it may not know, it says nothing. Safe for any thread; shared by all loops of a
 * consumer, so that there is one warning.
 */
public final class Compaction {
  private static final Logger log = LoggerFactory.getLogger(Compaction.class);

  private final CleanupPolicies policies;
  private final boolean tolerated;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final Set<String> compacted = ConcurrentHashMap.newKeySet();

  /**
   * Asks nothing yet.
   *
   * @param policies whom to ask
   * @param tolerated whether the writer loses nothing to compaction, so that there is no need to
   */
  public Compaction(CleanupPolicies policies, boolean tolerated) {
    this.policies = policies;
    this.tolerated = tolerated;
  }

  /** Asks about a topic, if it was not asked about before. */
  void look(String topic) {
    if (!tolerated && !asked.contains(topic)) {
      look(List.of(topic));
    }
  }

  /** Asks about those topics that were not asked about before. */
  void look(Iterable<String> topics) {
    Set<String> unknown = new HashSet<>();
    for (String topic : topics) {
      if (!tolerated && asked.add(topic)) {
        unknown.add(topic);
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    try {
      var unused = policies.compacted(unknown).whenComplete(this::answered);
    } catch (RuntimeException e) {
      answered(null, e);
    }
  }

  private void answered(@Nullable Set<String> found, @Nullable Throwable failure) {
    if (failure != null || found == null) {
      log.debug("It is not known which topics are compacted", failure);
    } else if (!found.isEmpty()) {
      compacted.addAll(found);
      log.warn(
          "These topics are compacted: {}. A record that claimed an event may vanish from them before it ends, and the writer drops its duplicates: events can be lost. Build the writer with duplicates(REAPPLY)",
          found);
    }
  }

  /** {@return the topics known to be compacted, if that matters} */
  public Set<String> topics() {
    return Set.copyOf(compacted);
  }
}
