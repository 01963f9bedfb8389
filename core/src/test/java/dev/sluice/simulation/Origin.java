package dev.sluice.simulation;

import dev.sluice.model.SourcePosition;
import java.util.List;
import java.util.random.RandomGenerator;

/** What kind of source the records come from: how their positions look. */
enum Origin {
  /** Topic, partition and offset. */
  KAFKA,
  /** Texts that end as an index does, and have none. */
  OPAQUE,
  /** Of partitions with odd numbers the second, of the others the first. */
  BOTH;

  private static final List<Origin> DRAWN = List.of(KAFKA, KAFKA, OPAQUE, BOTH);

  static Origin draw(RandomGenerator random) {
    return DRAWN.get(random.nextInt(DRAWN.size()));
  }

  SourcePosition position(int partition, int offset) {
    boolean opaque = this == OPAQUE || (this == BOTH && partition % 2 == 1);
    return opaque
        ? new SourcePosition("shard-" + partition + '#' + offset)
        : SourcePosition.of("topic", partition, offset);
  }
}
