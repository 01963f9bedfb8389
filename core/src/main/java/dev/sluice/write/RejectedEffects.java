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

  /** One write that is looked at. */
  static final class Search {
    final PendingWrite write;
    final EffectTask worst;
    int next;
    int failures;
    boolean inFlight;

    Search(PendingWrite write, EffectTask worst) {
      this.write = write;
      this.worst = worst;
    }

    /** The effect to look for, or null if no more is to be. */
    @Nullable EffectTask effect() {
      List<EffectTask> effects = write.effects;
      // What deletes leaves nothing to be found.
      while (next < effects.size() && effects.get(next).kind() == EffectRequest.Kind.DELETE) {
        next++;
      }
      return next < effects.size() ? effects.get(next) : null;
    }
  }

  private final Deque<Search> due = new ArrayDeque<>();
  private final LoopResources loop;
  private final Listener listener;

  RejectedEffects(LoopResources loop, Listener listener) {
    this.loop = loop;
    this.listener = listener;
  }

  /** All effects of a write were rejected, and it is not known of any that it is there. */
  void add(PendingWrite write, EffectTask worst) {
    Search search = new Search(write, worst);
    write.search = search;
    due.add(search);
  }

  /** Sends what is due, as far as there is room. */
  void dispatch() {
    while (!due.isEmpty() && loop.requests().hasRoom()) {
      Search search = due.element();
      EffectTask effect = search.effect();
      if (effect == null || search.write.hasEnded()) {
        due.remove();
        judge(search, false);
      } else if (effect.route().reads().isAbsent()) {
        due.remove();
        judge(search, true);
      } else if (loop.requests().hasRoom(effect.bytes())) {
        due.remove();
        send(search, effect);
      } else {
        return;
      }
    }
  }

  /** {@return when something is due by itself} */
  OptionalLong nextDue() {
    return due.isEmpty() ? OptionalLong.empty() : OptionalLong.of(loop.clock().nanos());
  }

  private void send(Search search, EffectTask effect) {
    EffectRead operation = effect.route().reads();
    EffectRequest request = effect.request();
    boolean drawn = effect.route().sharder().isRandom();
    search.inFlight = true;
    loop.metrics().requestSent(Stage.EFFECT, effect.route().table().name(), 1);
    loop.requests()
        .send(
            effect.bytes(),
            () -> operation.send(request, drawn),
            EffectReply.Failed::new,
            reply -> answered(search, effect, reply));
  }

  private void answered(Search search, EffectTask effect, EffectReply reply) {
    search.inFlight = false;
    if (search.write.hasEnded()) {
      return;
    }
    if (reply instanceof EffectReply.Failed failed) {
      again(search, effect, failed.failure());
    } else if (((EffectReply.Read) reply).isThere()) {
      judge(search, true);
    } else {
      search.next++;
      due.add(search);
    }
  }

  private void again(Search search, EffectTask effect, Failure failure) {
    loop.metrics().retried(Stage.EFFECT, effect.route().table().name(), 1, failure.code());
    search.failures++;
    long at = loop.retryAt(search.failures);
    if (failure.kind().isFinal() || at >= search.write.deadline) {
      judge(search, true);
    } else {
      loop.timers().schedule(at, () -> due.add(search));
    }
  }

  /** A write's time is up: what was not found out may be as one fears, unless it is being read. */
  void expire(PendingWrite write) {
    Search search = write.search;
    if (search != null && !search.inFlight) {
      judge(search, true);
    }
  }

  private void judge(Search search, boolean mayBeThere) {
    PendingWrite write = search.write;
    if (!write.hasEnded() && write.search != null) {
      write.search = null;
      listener.judged(write, search.worst, mayBeThere);
    }
  }
}
