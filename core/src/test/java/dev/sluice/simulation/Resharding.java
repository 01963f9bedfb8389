package dev.sluice.simulation;

import dev.sluice.model.Mode;
import dev.sluice.shard.KeySharder;
import java.util.List;
import java.util.random.RandomGenerator;

/** How later processes shard the sharded table. */
enum Resharding {
  /** As the first ones do. */
  NEVER,
  /** In another generation, and the first is read on. */
  GROWING,
  /**
   * In another generation, and the first is dropped far too early. Who meets an event of the first
   * stops, and those after it read the first on.
   */
  RETIRING;

  private static final List<Resharding> DRAWN = List.of(NEVER, NEVER, GROWING, RETIRING);

  private static final KeySharder FIRST = KeySharder.random(1_000);
  private static final KeySharder SECOND = KeySharder.random(500).generation(1);
  private static final KeySharder BOTH = SECOND.after(FIRST);

  static Resharding draw(RandomGenerator random) {
    return DRAWN.get(random.nextInt(DRAWN.size()));
  }

  /** The sharder that all begin with. */
  static KeySharder first(Mode mode) {
    return mode == Mode.KEYED ? KeySharder.calculated(1_000) : FIRST;
  }

  /** The sharder of processes that are started after a disaster. */
  KeySharder later(Mode mode) {
    // Nothing tells a keyed writer under which sharder an event was written.
    if (this == NEVER || mode == Mode.KEYED) {
      return first(mode);
    }
    return this == GROWING ? BOTH : SECOND;
  }

  /** The sharder with which nobody stops. */
  KeySharder sound(Mode mode) {
    return this == NEVER ? later(mode) : GROWING.later(mode);
  }
}
