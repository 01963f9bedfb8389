package dev.sluice.kafka.internal.partition;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The partitions owned now, each in its current epoch. Not thread-safe. */
public final class Assignments {
  private final Map<TopicPartition, PartitionEpoch> owned = new LinkedHashMap<>();
  private final OpenBytes bytes = new OpenBytes();
  private final Consumer<OpenRecord> ends;
  private final SharedEpochs shared;

  /** Ended epochs of which something is still with the writer or the producer. */
  private final List<PartitionEpoch> former = new ArrayList<>();

  /**
   * None yet.
   *
   * @param ends told of each record that is done
   * @param shared what other loops over the same writer know
   */
  public Assignments(Consumer<OpenRecord> ends, SharedEpochs shared) {
    this.ends = ends;
    this.shared = shared;
  }

  /** Starts an epoch, ending one that may still be there: callbacks need not come in pairs. */
  public void begin(TopicPartition id) {
    end(id);
    owned.put(id, epoch(id));
  }

  /** The partition's epoch; records may arrive without an announcement. */
  public PartitionEpoch of(TopicPartition id) {
    return owned.computeIfAbsent(id, this::epoch);
  }

  private PartitionEpoch epoch(TopicPartition id) {
    List<PartitionEpoch> before =
        former.stream().filter(epoch -> epoch.id.equals(id) && epoch.hasOpen()).toList();
    return new PartitionEpoch(id, bytes, ends, new FormerEpochs<>(before), shared.begin(id, this));
  }

  /** Those of which records may go to the writer. */
  public List<PartitionEpoch> dispatchable() {
    List<PartitionEpoch> some = all();
    some.removeIf(
        each ->
            !each.offsets.started()
                || !each.offsets.identity.isTrusted()
                || shared.othersHave(each.id, this));
    return some;
  }

  /** The partition was set back below what was read: what is open there counts no more. */
  public PartitionEpoch restart(PartitionEpoch partition) {
    begin(partition.id);
    PartitionEpoch next = of(partition.id);
    next.offsets.goesOnFrom(partition.offsets);
    return next;
  }

  public void end(TopicPartition id) {
    PartitionEpoch partition = owned.remove(id);
    if (partition != null) {
      partition.end();
      former.add(partition);
    }
  }

  /** Ends what the consumer does not own any more, should a callback be missing. */
  public void retain(Set<TopicPartition> assigned) {
    if (owned.size() != assigned.size() || !assigned.containsAll(owned.keySet())) {
      for (TopicPartition id : List.copyOf(owned.keySet())) {
        if (!assigned.contains(id)) {
          end(id);
        }
      }
    }
  }

  /** A copy, so that callbacks within may change what is owned. */
  public List<PartitionEpoch> all() {
    return new ArrayList<>(owned.values());
  }

  public List<PartitionEpoch> these(Collection<TopicPartition> ids) {
    List<PartitionEpoch> some = new ArrayList<>();
    for (TopicPartition id : ids) {
      PartitionEpoch partition = owned.get(id);
      if (partition != null) {
        some.add(partition);
      }
    }
    return some;
  }

  public boolean owns(PartitionEpoch partition) {
    return owned.get(partition.id) == partition;
  }

  public boolean anyOpen() {
    return owned.values().stream().anyMatch(PartitionEpoch::hasOpen);
  }

  /** When the oldest record was received that is still open on what is not owned, or null. */
  public @Nullable Instant oldestFormer() {
    former.removeIf(partition -> !partition.hasOpen());
    return former.stream()
        .map(PartitionEpoch::oldest)
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  public int count() {
    return owned.size();
  }

  public long openBytes() {
    return bytes.total();
  }
}
