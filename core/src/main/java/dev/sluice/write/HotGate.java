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
  private final TurnClock clock;
  private long publishedAt;
  private boolean published;

  HotGate(Collection<TableFlow> tables, EffectSink sink, HotKeyView view, TurnClock clock) {
    tables.forEach(flow -> flows.put(flow.table(), flow));
    this.sink = sink;
    this.view = view;
    this.clock = clock;
  }

  @Override
  public void append(EffectTask task) {
    TableFlow flow = flows.get(task.route().table().name());
    boolean waits =
        flow != null
            && !flow.hot().isEmpty()
            && flow.hot()
                .holds(
                    task.key().partition(),
                    task,
                    flow.units(task),
                    task.plan.wireBytes(),
                    clock.nanos());
    if (!waits) {
      sink.append(task);
    }
  }

  /** Lets go whose turn it is. */
  void release() {
    boolean any = false;
    int waiting = 0;
    long bytes = 0;
    for (TableFlow flow : flows.values()) {
      HotKeys<EffectTask> hot = flow.hot();
      if (!hot.isIdle()) {
        any |= !hot.isEmpty();
        hot.release(clock.nanos(), sink::append);
        waiting += hot.waiting();
        bytes += hot.waitingBytes();
      }
    }
    if (any || published) {
      publish(any, waiting, bytes);
    }
  }

  private void publish(boolean any, int waiting, long bytes) {
    boolean due = !any || !published || clock.nanos() - publishedAt >= PUBLISH_NANOS;
    if (due) {
      view.publish(flows.values());
      publishedAt = clock.nanos();
      published = any;
    }
    view.crowd(waiting, bytes);
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
