package dev.sluice.write;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Holds effects on hot keys back until it is their turn; all others go straight on. Belongs to the
 * loop.
 */
final class HotKeyGate implements EffectSink {
  private static final long PUBLISH_NANOS = 100_000_000L;

  private final Map<String, TablePacing> pacings = new HashMap<>();
  private final EffectSink sink;
  private final HotKeyView view;
  private final WriteCompletions completions;
  private final TurnClock clock;
  private long publishedAt;
  private boolean published;

  HotKeyGate(
      Collection<TablePacing> tables,
      EffectSink sink,
      HotKeyView view,
      WriteCompletions completions,
      TurnClock clock) {
    tables.forEach(pacing -> pacings.put(pacing.table(), pacing));
    this.sink = sink;
    this.view = view;
    this.completions = completions;
    this.clock = clock;
  }

  @Override
  public void append(EffectTask task) {
    TablePacing pacing = pacings.get(task.route().table().name());
    boolean waits =
        pacing != null
            && !pacing.hot().isEmpty()
            && pacing.hot().holds(task, pacing.units(task), clock.nanos());
    if (!waits) {
      sink.append(task);
    }
  }

  /** Lets go whose turn it is. */
  void release() {
    boolean any = false;
    for (TablePacing pacing : pacings.values()) {
      TableHotKeys hot = pacing.hot();
      if (!hot.isIdle()) {
        hot.release(clock.nanos(), pacing::units, sink::append);
        any |= !hot.isEmpty();
      }
    }
    boolean due = any != published || clock.nanos() - publishedAt >= PUBLISH_NANOS;
    if (due && (any || published)) {
      view.publish(pacings.values(), completions.open());
      publishedAt = clock.nanos();
      published = any;
    }
  }

  /** {@return when to release again} */
  OptionalLong nextRelease() {
    OptionalLong next = OptionalLong.empty();
    for (TablePacing pacing : pacings.values()) {
      if (!pacing.hot().isIdle()) {
        next = Timers.earlier(next, pacing.hot().nextRelease(clock.nanos()));
      }
    }
    return next;
  }
}
