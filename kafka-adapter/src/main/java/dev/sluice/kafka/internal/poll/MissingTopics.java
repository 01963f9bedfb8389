package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.time.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when a topic that is read by its name is gone: the group then takes its partitions away
 * as in any rebalance, and nothing else would tell. What a pattern finds may come and go.
 */
final class MissingTopics {
  private static final Logger log = LoggerFactory.getLogger(MissingTopics.class);

  private final Consumer<?, ?> consumer;
  private final Set<String> names;
  private final InstantSource clock;
  private final Duration interval;
  private Set<String> missing = Set.of();
  private Instant due;

  MissingTopics(Consumer<?, ?> consumer, Wiring wiring) {
    this.consumer = consumer;
    this.names = wiring.subscription().topics().names();
    this.clock = wiring.environment().clocks().steady();
    this.interval = wiring.pipeline().options().lagInterval();
    this.due = clock.instant().plus(interval);
  }

  /** Those that were gone when last looked for. */
  Set<String> now() {
    return missing;
  }

  /** Looks, if it is time: in what the client knows, and asks for what it does not know. */
  void lookIfDue() {
    if (clock.instant().isBefore(due)) {
      return;
    }
    Deadline deadline = Deadline.after(clock, ConsumerLag.ASK);
    Set<String> found = new TreeSet<>();
    try {
      for (String name : names) {
        var partitions = consumer.partitionsFor(name, deadline.left());
        if (partitions == null || partitions.isEmpty()) {
          found.add(name);
        }
      }
    } catch (RuntimeException e) {
      // It concerns what is told only; what concerns the loop, the next poll says.
      log.debug("The topics could not be looked for", e);
      return;
    } finally {
      due = clock.instant().plus(interval);
    }
    if (!found.equals(missing)) {
      log.warn("Topics that are to be read and do not exist: {}", found);
      missing = Set.copyOf(found);
    }
  }
}
