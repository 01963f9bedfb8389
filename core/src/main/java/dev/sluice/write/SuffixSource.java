package dev.sluice.write;

import dev.sluice.model.Suffix;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Says where the suffix of an effect comes from: for a first sight from the sharder, unless a dead
 * letter names it; for a replay from the ledger's entry, so that the effect goes where it had gone.
 */
final class SuffixSource {
  private final RandomGenerator random;

  SuffixSource(RandomGenerator random) {
    this.random = random;
  }

  /** {@return the suffix of an effect of which no entry is known} */
  Suffix ofFirstSight(PendingWrite write, int effect) {
    @Nullable Suffix given = write.given(effect);
    return given != null
        ? given
        : write.effects.get(effect).route().sharder().suffixFor(write.eventId, random);
  }

  /** {@return the suffix of an effect that is made again} */
  static Suffix ofReplay(List<Suffix> recorded, int effect) {
    return recorded.get(effect);
  }
}
