package dev.sluice.write;

import dev.sluice.flow.HotKeys;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Holds effects on hot keys back until it is their turn; all others go straight on. Belongs to the
 * loop.
 */
final class HotGate implements EffectSink {
  private static final long PUBLISH_NANOS = 100_000_000L;

  private final Map<String, TableFlow> flows = new HashMap<>();
  private final EffectSink sink;
  private final HotKeyView view;
  private final Endings endings;
  private final TurnClock clock;
  private long publishedAt;
  private boolean published;

  HotGate(
      Collection<TableFlow> tables,
      EffectSink sink,
      HotKeyView view,
      Endings endings,
      TurnClock clock) {
    tables.forEach(flow -> flows.put(flow.table(), flow));
    this.sink = sink;
    this.view = view;
    this.endings = endings;
    this.clock = clock;
  }

  @Override
  public void append(EffectTask task) {
    TableFlow flow = flows.get(task.route().table().name());
    boolean waits =
        flow != null
            && !flow.hot().isEmpty()
            && flow.hot().holds(task.key().partition(), task, flow.units(task), clock.nanos());
    if (!waits) {
      sink.append(task);
    }
  }

  /** Lets go whose turn it is. */
  void release() {
    boolean any = false;
    for (TableFlow flow : flows.values()) {
      HotKeys<EffectTask> hot = flow.hot();
      if (!hot.isIdle()) {
        hot.release(clock.nanos(), sink::append);
        any |= !hot.isEmpty();
      }
    }
    boolean due = any != published || clock.nanos() - publishedAt >= PUBLISH_NANOS;
    if (due && (any || published)) {
      view.publish(flows.values(), endings.open());
      publishedAt = clock.nanos();
      published = any;
    }
  }

  /** {@return when to release again} */
  OptionalLong nextRelease() {
    OptionalLong next = OptionalLong.empty();
    for (TableFlow flow : flows.values()) {
      if (!flow.hot().isIdle()) {
        next = Timers.earlier(next, flow.hot().nextRelease(clock.nanos()));
      }
    }
    return next;
  }
}
