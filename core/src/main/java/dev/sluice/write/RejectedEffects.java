package dev.sluice.write;

import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.EffectRead;
import dev.sluice.request.EffectReply;
import dev.sluice.request.EffectRequest;
import dev.sluice.request.Failure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the effects of a write whose first attempt was rejected, before the caller is told that
 * none of them is there. A table may take an item today and reject it tomorrow, when it has another
 * index: what another process made in between, for the same record or for a copy of it, shows in
 * the table alone. One read at a time for each write, each repeated while it may succeed. Belongs
 * to the loop.
 */
final class RejectedEffects {
  /** Takes a write that was looked at. */
  interface Listener {
    /**
     * The effects of a write were looked for.
     *
     * @param write the write
     * @param worst the effect whose rejection decides
     * @param mayBeThere whether one was found, or may be there unseen
     */
    void judged(PendingWrite write, EffectTask worst, boolean mayBeThere);
  }

  private final Deque<PendingWrite> due = new ArrayDeque<>();
  private final LoopResources loop;
  private final Listener listener;

  RejectedEffects(LoopResources loop, Listener listener) {
    this.loop = loop;
    this.listener = listener;
  }

  /** All effects of a write were rejected, and it is not known of any that it is there. */
  void add(PendingWrite write, EffectTask worst) {
    write.search = new EffectSearch(write.effects.indexOf(worst));
    due.add(write);
  }

  /** Sends what is due, as far as there is room. */
  void dispatch() {
    while (!due.isEmpty() && loop.requests().hasRoom()) {
      PendingWrite write = due.element();
      EffectSearch search = write.search;
      EffectTask effect = search == null ? null : effect(write, search);
      if (search == null || effect == null || write.hasEnded()) {
        due.remove();
        judge(write, false);
      } else if (effect.route().reads().isAbsent()) {
        due.remove();
        judge(write, true);
      } else if (loop.requests().hasRoom(effect.plan.wireBytes())) {
        due.remove();
        send(write, search, effect);
      } else {
        return;
      }
    }
  }

  /** The effect to look for, or null if no more is to be. */
  private static @Nullable EffectTask effect(PendingWrite write, EffectSearch search) {
    List<EffectTask> effects = write.effects;
    // What deletes leaves nothing to be found.
    while (search.next < effects.size()
        && effects.get(search.next).kind() == EffectRequest.Kind.DELETE) {
      search.next++;
    }
    return search.next < effects.size() ? effects.get(search.next) : null;
  }

  /** {@return when something is due by itself} */
  OptionalLong nextDue() {
    return due.isEmpty() ? OptionalLong.empty() : OptionalLong.of(loop.clock().nanos());
  }

  private void send(PendingWrite write, EffectSearch search, EffectTask effect) {
    EffectRead operation = effect.route().reads();
    EffectRequest request = effect.request();
    boolean drawn = effect.route().sharder().isRandom();
    search.inFlight = true;
    loop.metrics().requestSent(Stage.EFFECT, effect.route().table().name(), 1);
    loop.requests()
        .send(
            effect.plan.wireBytes(),
            () -> operation.send(request, drawn),
            EffectReply.Failed::new,
            reply -> answered(write, search, effect, reply));
  }

  private void answered(
      PendingWrite write, EffectSearch search, EffectTask effect, EffectReply reply) {
    search.inFlight = false;
    if (write.hasEnded()) {
      return;
    }
    if (reply instanceof EffectReply.Failed failed) {
      again(write, search, effect, failed.failure());
    } else if (((EffectReply.Read) reply).isThere()) {
      judge(write, true);
    } else {
      search.next++;
      due.add(write);
    }
  }

  private void again(PendingWrite write, EffectSearch search, EffectTask effect, Failure failure) {
    loop.metrics().retried(Stage.EFFECT, effect.route().table().name(), 1, failure.code());
    search.failures++;
    long at = loop.retryAt(search.failures);
    if (failure.kind().isFinal() || at >= write.deadline) {
      judge(write, true);
    } else {
      loop.timers().schedule(at, () -> due.add(write));
    }
  }

  /** A write's time is up: what was not found out may be as one fears, unless it is being read. */
  void expire(PendingWrite write) {
    EffectSearch search = write.search;
    if (search != null && !search.inFlight) {
      judge(write, true);
    }
  }

  private void judge(PendingWrite write, boolean mayBeThere) {
    EffectSearch search = write.search;
    if (!write.hasEnded() && search != null) {
      write.search = null;
      listener.judged(write, write.effects.get(search.worst), mayBeThere);
    }
  }
}
