package dev.sluice.kafka.internal.partition;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;

/**
 * What the loops of one consumer, which share a writer, know of each other: of which partitions the
 * writer still has something. A partition may move from one loop to another while it has. Offered
 * again by the other loop, the later ones of those writes would end as they do already, and so
 * ahead of the earlier ones. Thread-safe.
 */
public final class SharedEpochs {
  private final Map<TopicPartition, List<Writes>> epochs = new ConcurrentHashMap<>();
  private final boolean several;

  /**
   * Makes one for the loops of a consumer.
   *
   * @param loops how many; a single one has nobody to tell
   */
  public SharedEpochs(int loops) {
    this.several = loops > 1;
  }

  /** The writes of one epoch of a partition that the writer has. Thread-safe. */
  public static final class Writes {
    private final boolean counts;
    private final Object loop;
    private final AtomicInteger out = new AtomicInteger();
    private volatile boolean ended;

    private Writes(boolean counts, Object loop) {
      this.counts = counts;
      this.loop = loop;
    }

    /** One more is offered. */
    public void offered() {
      if (counts) {
        out.incrementAndGet();
      }
    }

    /** One was answered, or was not taken. */
    public void answered() {
      if (counts) {
        out.decrementAndGet();
      }
    }

    /** The epoch offers no more. */
    public void end() {
      ended = true;
    }
  }

  /** Begins an epoch of a partition in a loop. */
  public Writes begin(TopicPartition id, Object loop) {
    var writes = new Writes(several, loop);
    if (several) {
      epochs.computeIfAbsent(id, none -> new CopyOnWriteArrayList<>()).add(writes);
    }
    return writes;
  }

  /** Whether the writer has something of this partition from another loop. */
  boolean othersHave(TopicPartition id, Object loop) {
    List<Writes> all = epochs.get(id);
    if (all == null) {
      return false;
    }
    all.removeIf(each -> each.ended && each.out.get() == 0);
    return all.stream().anyMatch(each -> each.loop != loop && each.out.get() > 0);
  }
}
