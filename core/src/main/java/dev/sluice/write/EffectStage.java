package dev.sluice.write;

import dev.sluice.model.SluiceException;
import dev.sluice.model.Suffix;
import dev.sluice.request.Failure;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes the effects of writes whose claims stand. A write joins the lines of its keys when it is
 * accepted, so that its order does not depend on whose claim returns first; an effect goes out when
 * its claim stands and it has reached the head of its line.
 */
final class EffectStage {
  /** Told how the effects of a write end. */
  interface Listener {
    /** All effects of a write are durable. */
    void effectsApplied(PendingWrite write);

    /** Effects of a write have failed, and none is under way any more. */
    void effectsFailed(PendingWrite write, SluiceException failure);
  }

  private final KeyFence fence;
  private final SuffixSource suffixes;
  private final EffectSink sink;
  private final WriteFailures failures;
  private final LoopResources loop;
  private final KeySchemaChecks keySchemas;
  private final RejectedEffects rejected;
  private final Connection<Listener> listener = new Connection<>();

  EffectStage(
      EffectSink sink,
      LongKeyLines longKeyLines,
      WriteFailures failures,
      KeySchemaChecks keySchemas,
      LoopResources loop) {
    this.fence = new KeyFence(longKeyLines);
    this.suffixes = new SuffixSource(loop.random());
    this.sink = sink;
    this.failures = failures;
    this.keySchemas = keySchemas;
    this.loop = loop;
    this.rejected = new RejectedEffects(loop, (write, worst, there) -> fail(write, worst, there));
  }

  /** Connects the listener, once. */
  void connect(Listener told) {
    listener.connect(told);
  }

  /**
   * Draws the shards of a write's effects, unless they are given, and joins the lines of their
   * keys.
   */
  void joinLines(PendingWrite write) {
    for (int i = 0; i < write.effects.size(); i++) {
      EffectTask task = write.effects.get(i);
      task.place(suffixes.ofFirstSight(write, i));
      fence.join(task, task.key());
    }
  }

  /** Leaves the lines: the write has no effects to make. */
  void drop(PendingWrite write) {
    write.effects.forEach(this::leave);
  }

  /** Makes the effects again where the ledger says that they went. */
  void replay(PendingWrite write, List<Suffix> recorded) {
    write.replay = true;
    for (int i = 0; i < recorded.size(); i++) {
      EffectTask task = write.effects.get(i);
      // One that had joined another write has left its lines.
      Suffix suffix = SuffixSource.ofReplay(recorded, i);
      if (!fence.isInLine(task) || !task.suffix().equals(suffix)) {
        leave(task);
        task.place(suffix);
        fence.join(task, task.key());
      }
    }
    apply(write);
  }

  /** Makes the effects where they were placed. */
  void apply(PendingWrite write) {
    write.to(PendingWrite.Stage.APPLYING);
    write.unfinishedEffects = write.effects.size();
    if (write.effects.isEmpty()) {
      listener.get().effectsApplied(write);
    } else {
      admit(write);
    }
  }

  /** Lets each effect go out as soon as it is at the head of its line. */
  void admit(PendingWrite write) {
    for (EffectTask task : write.effects) {
      task.claimed = true;
      admitIfHead(task);
    }
  }

  private void admitIfHead(EffectTask task) {
    if (task.claimed && task.stage() == EffectTask.Stage.WAITING && fence.isHead(task)) {
      task.to(EffectTask.Stage.OUT);
      sink.append(task);
    }
  }

  /** The effects have been made together with the claim. */
  void made(PendingWrite write) {
    write.to(PendingWrite.Stage.APPLYING);
    for (EffectTask task : write.effects) {
      if (!task.hasEnded()) {
        task.to(EffectTask.Stage.APPLIED);
        loop.metrics().effectApplied(task.route().table().name(), loop.clock().age(write));
      }
      leave(task);
    }
    listener.get().effectsApplied(write);
  }

  private void leave(EffectTask task) {
    if (fence.leave(task) instanceof EffectTask next) {
      admitIfHead(next);
    }
  }

  /** An effect has been applied, or given up. */
  void ended(EffectTask task) {
    leave(task);
    PendingWrite write = task.owner;
    if (task.stage() == EffectTask.Stage.APPLIED) {
      loop.metrics()
          .effectApplied(task.route().table().name(), loop.clock().nanos() - write.claimedAt);
    }
    write.unfinishedEffects--;
    if (write.unfinishedEffects > 0) {
      return;
    }
    EffectTask worst = FailedEffects.worst(write);
    if (worst == null) {
      listener.get().effectsApplied(write);
    } else {
      keySchemas.judge(
          write, FailedEffects.suspects(write, worst), fault -> failed(write, worst, fault));
    }
  }

  private void failed(PendingWrite write, EffectTask worst, @Nullable SluiceException fault) {
    if (fault != null) {
      listener.get().effectsFailed(write, fault);
    } else if (FailedEffects.isInDoubt(write, worst)) {
      rejected.add(write, worst);
    } else {
      fail(write, worst, FailedEffects.isPartial(write));
    }
  }

  /** Looks for other keys of tables and for rejected effects as far as there is room. */
  void dispatch() {
    keySchemas.dispatch();
    rejected.dispatch();
  }

  /** {@return when something is due by itself} */
  OptionalLong nextDue() {
    return Timers.earlier(keySchemas.nextDue(), rejected.nextDue());
  }

  private void fail(PendingWrite write, EffectTask worst, boolean partial) {
    listener.get().effectsFailed(write, failure(write, worst, partial));
  }

  private SluiceException failure(PendingWrite write, EffectTask task, boolean partial) {
    String table = task.route().table().name();
    Failure failure = task.failure();
    if (failure == null) {
      return failures.atDeadline(table, null);
    }
    return switch (failure.kind()) {
      case SYSTEM -> failures.ofTable(table, task.kind(), failure);
      case THROTTLED, PASSING, UNKNOWN, SYSTEM_IF_LASTING -> failures.atDeadline(table, failure);
      case RECORD -> WriteFailures.rejected(table, task.kind(), failure, partial, write.suffixes());
    };
  }

  /** A write's time is up: gives up the effects that no request is under way for. */
  void expire(PendingWrite write) {
    for (EffectTask task : write.effects) {
      if (!task.hasEnded() && !task.inFlight) {
        // It waits for its turn, whatever it failed with before.
        task.fail(task.attempts == null ? null : task.attempts.last().asUnknown());
        ended(task);
      }
    }
    keySchemas.expire(write);
    rejected.expire(write);
  }
}
