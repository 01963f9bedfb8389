package dev.sluice.testkit.simulated.throughput;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;

/** The buckets of one table, or of an account: for each kind one for all and one per partition. */
final class Meter {

  private final Map<UnitKind, TokenBucket> whole = new EnumMap<>(UnitKind.class);
  private final Map<UnitKind, TokenBucket[]> partitions = new EnumMap<>(UnitKind.class);
  private Throughput throughput;

  Meter(Throughput throughput) {
    this.throughput = throughput;
    for (var kind : UnitKind.values()) {
      double burst = throughput.burstSeconds();
      whole.put(kind, new TokenBucket(throughput.tableUnits(kind), burst));
      partitions.put(kind, buckets(kind));
    }
  }

  Throughput throughput() {
    return throughput;
  }

  /** Other limits from now on. Credit stays, but other partitions than before start with theirs. */
  void change(Throughput changed, long now) {
    boolean split = changed.partitions() != throughput.partitions();
    throughput = changed;
    double burst = changed.burstSeconds();
    for (var kind : UnitKind.values()) {
      bucket(kind).change(changed.tableUnits(kind), burst, now);
      if (split) {
        partitions.put(kind, buckets(kind));
      } else {
        for (var bucket : partitions(kind)) {
          bucket.change(changed.partitionUnits(kind), burst, now);
        }
      }
    }
  }

  TokenBucket bucket(UnitKind kind) {
    return requireNonNull(whole.get(kind));
  }

  TokenBucket partition(UnitKind kind, Object partitionKey) {
    return partitions(kind)[throughput.partitionOf(partitionKey)];
  }

  private TokenBucket[] partitions(UnitKind kind) {
    return requireNonNull(partitions.get(kind));
  }

  private TokenBucket[] buckets(UnitKind kind) {
    var buckets = new TokenBucket[throughput.partitions()];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new TokenBucket(throughput.partitionUnits(kind), throughput.burstSeconds());
    }
    return buckets;
  }
}
