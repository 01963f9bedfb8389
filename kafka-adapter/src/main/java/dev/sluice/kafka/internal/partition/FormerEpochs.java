package dev.sluice.kafka.internal.partition;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The former epochs of a partition of which the writer still has something, and the keys that wait
 * for it: offered again, the later ones of those writes would end as they do already, and so ahead
 * of the earlier ones. Not thread-safe.
 *
 * @param <R> the records
 */
public final class FormerEpochs<R extends OrderedRecord<R>> {
  /** An epoch that has ended, or will have when this counts. */
  public interface Former {
    /** {@return whether anything of it is still with another thread} */
    boolean hasOpen();

    /** {@return whether the writer has a write of this key} */
    boolean hasOut(ByteBuffer key);
  }

  private final List<Former> epochs;
  private final List<KeyLine<R>> waiting = new ArrayList<>(0);

  public FormerEpochs(List<? extends Former> epochs) {
    this.epochs = new ArrayList<>(epochs);
  }

  /** Whether a line has to wait; if so, it is {@linkplain #released} later. */
  boolean holdBack(KeyLine<R> line) {
    boolean holds = haveOut(line.key);
    if (holds) {
      waiting.add(line);
    }
    return holds;
  }

  /** The lines that need to wait no more, each told once. */
  List<KeyLine<R>> released() {
    if (epochs.isEmpty()) {
      return List.of();
    }
    List<KeyLine<R>> released = waiting.stream().filter(line -> !haveOut(line.key)).toList();
    waiting.removeAll(released);
    epochs.removeIf(epoch -> !epoch.hasOpen());
    return released;
  }

  private boolean haveOut(ByteBuffer key) {
    return !epochs.isEmpty() && epochs.stream().anyMatch(epoch -> epoch.hasOut(key));
  }
}
