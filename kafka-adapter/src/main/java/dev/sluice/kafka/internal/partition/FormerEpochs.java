package dev.sluice.kafka.internal.partition;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The former epochs of a partition of which the writer still has something, and the keys that wait
 * for it: offered again, the later ones of those writes would end as they do already, and so ahead
 * of the earlier ones. Not thread-safe.
 */
public final class FormerEpochs {
  private final List<PartitionEpoch> epochs;
  private final List<KeyLine> waiting = new ArrayList<>(0);

  public FormerEpochs(List<PartitionEpoch> epochs) {
    this.epochs = new ArrayList<>(epochs);
  }

  /** Whether a line has to wait; if so, it is {@linkplain #released} later. */
  boolean holdBack(KeyLine line) {
    boolean holds = haveOut(line.key);
    if (holds) {
      waiting.add(line);
    }
    return holds;
  }

  /** The lines that need to wait no more, each told once. */
  List<KeyLine> released() {
    if (epochs.isEmpty()) {
      return List.of();
    }
    List<KeyLine> released = waiting.stream().filter(line -> !haveOut(line.key)).toList();
    waiting.removeAll(released);
    epochs.removeIf(epoch -> !epoch.hasOpen());
    return released;
  }

  private boolean haveOut(ByteBuffer key) {
    return !epochs.isEmpty() && epochs.stream().anyMatch(epoch -> epoch.order.hasOut(key));
  }
}
