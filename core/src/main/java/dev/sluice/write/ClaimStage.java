package dev.sluice.write;

import dev.sluice.ledger.Decision;
import dev.sluice.ledger.LedgerEntry;
import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.model.Duplicates;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.request.ClaimPut;
import dev.sluice.request.ClaimReply;
import dev.sluice.request.Failure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Gets each write's claim answered: by the ledger, or by what another write of the same event in
 * this process has found out already.
 *
 * <p>Of the writes of one event, one leads: it claims and applies. The same write again (same
 * source) joins it and ends as it ends. Any other waits for what the leader's claim finds and is
 * judged by that; if the claim fails, the next one leads.
 */
final class ClaimStage {

  private final Map<String, ClaimGroup> groups = new HashMap<>();
  private final Deque<PendingWrite> toSend = new ArrayDeque<>();
  private final String ledger;
  private final ClaimPut claimPut;
  private final Duplicates duplicates;
  private final EffectStage effects;
  private final Endings endings;
  private final WriteFailures failures;
  private final LoopResources loop;
  private int unanswered;

  ClaimStage(
      String ledger,
      ClaimPut claimPut,
      Duplicates duplicates,
      EffectStage effects,
      Endings endings,
      WriteFailures failures,
      LoopResources loop) {
    this.ledger = ledger;
    this.claimPut = claimPut;
    this.duplicates = duplicates;
    this.effects = effects;
    this.endings = endings;
    this.failures = failures;
    this.loop = loop;
    effects.onApplied(this::applied);
    effects.onFailed(this::failed);
  }

  void accept(PendingWrite write) {
    effects.line(write);
    offer(groups.computeIfAbsent(write.id, id -> new ClaimGroup()), write);
  }

  /** {@return whether some claim has not been answered yet} */
  boolean hasUnanswered() {
    return unanswered > 0;
  }

  private void offer(ClaimGroup group, PendingWrite write) {
    PendingWrite leader = group.leader;
    if (leader != null && leader.entry().isSameWriteAs(write.entry())) {
      join(group, write);
    } else if (group.standing != null) {
      judge(group, group.standing, write);
    } else if (leader == null) {
      lead(group, write);
    } else {
      write.stage = PendingWrite.Stage.WAITING;
      group.waiting.add(write);
    }
  }

  private void join(ClaimGroup group, PendingWrite write) {
    effects.drop(write);
    write.stage = PendingWrite.Stage.JOINED;
    group.joined.add(write);
  }

  private void lead(ClaimGroup group, PendingWrite write) {
    group.leader = write;
    write.stage = PendingWrite.Stage.CLAIMING;
    unanswered++;
    toSend.add(write);
  }

  private void judge(ClaimGroup group, LedgerEntry standing, PendingWrite write) {
    Decision decision = Decision.of(standing, write.entry(), duplicates);
    if (decision instanceof Decision.Ended ended) {
      effects.drop(write);
      endings.complete(write, ended.outcome());
    } else if (decision instanceof Decision.Reapply) {
      write.duplicateOf = standing.source();
      effects.replay(write, standing.suffixes());
    } else if (group.leader != null) {
      join(group, write);
    } else {
      group.leader = write;
      effects.replay(write, standing.suffixes());
    }
  }

  /** Sends the claims that are due, as far as there is room. */
  void dispatch() {
    while (!toSend.isEmpty() && loop.flights().hasRoom()) {
      PendingWrite write = toSend.remove();
      if (write.stage == PendingWrite.Stage.CLAIMING) {
        LedgerEntry entry = write.entry();
        write.claimInFlight = true;
        loop.metrics().requestSent(Stage.CLAIM, ledger, 1);
        loop.flights()
            .launch(
                () -> claimPut.send(entry),
                ClaimReply.Failed::new,
                reply -> answered(write, reply));
      }
    }
  }

  private void answered(PendingWrite write, ClaimReply reply) {
    write.claimInFlight = false;
    ClaimGroup group = groups.get(write.id);
    if (group == null || group.leader != write || write.hasEnded()) {
      return;
    }
    if (reply instanceof ClaimReply.Failed failed) {
      claimFailed(group, write, failed.failure());
      return;
    }
    unanswered--;
    write.claimedAt = loop.clock().nanos();
    loop.metrics().claimAnswered(write.claimedAt - write.acceptedAt);
    if (reply instanceof ClaimReply.Held held) {
      group.standing = held.standing();
      group.leader = null;
      judge(group, held.standing(), write);
      if (group.leader == null) {
        // Those who joined are the same write, and so end the same way.
        List<PendingWrite> joined = List.copyOf(group.joined);
        group.joined.clear();
        joined.forEach(same -> judge(group, held.standing(), same));
      }
    } else {
      group.standing = write.entry();
      effects.apply(write);
    }
    offerWaiting(group);
    forgetIfIdle(write.id, group);
  }

  private void claimFailed(ClaimGroup group, PendingWrite write, Failure failure) {
    Failure.Kind kind = failure.kind();
    if (kind == Failure.Kind.SYSTEM || kind == Failure.Kind.RECORD) {
      // The entry is ours alone: if the service refuses it, the table is not what it should be.
      endLeader(group, write, failures.ofLedger(failure));
      return;
    }
    write.claimFailures++;
    loop.metrics().retried(Stage.CLAIM, ledger, 1, failure.code());
    if (kind == Failure.Kind.THROTTLED) {
      loop.metrics().throttled(ledger, 1);
    }
    long at = loop.retryAt(write.claimFailures);
    if (at >= write.deadline) {
      endLeader(group, write, failures.unknown(failure));
      return;
    }
    loop.timers().schedule(at, () -> toSend.add(write));
  }

  private void endLeader(ClaimGroup group, PendingWrite write, SluiceException failure) {
    unanswered--;
    effects.drop(write);
    leaderEnded(write, group, ended -> endings.fail(ended, failure));
  }

  private void applied(PendingWrite write) {
    Outcome outcome = write.outcome();
    ended(write, ended -> endings.complete(ended, outcome));
  }

  private void failed(PendingWrite write, SluiceException failure) {
    ended(write, ended -> endings.fail(ended, failure));
  }

  private void ended(PendingWrite write, Consumer<PendingWrite> end) {
    ClaimGroup group = groups.get(write.id);
    if (group != null && group.leader == write) {
      leaderEnded(write, group, end);
    } else {
      end.accept(write);
    }
  }

  private void leaderEnded(PendingWrite leader, ClaimGroup group, Consumer<PendingWrite> end) {
    group.leader = null;
    end.accept(leader);
    group.joined.forEach(end);
    group.joined.clear();
    offerWaiting(group);
    forgetIfIdle(leader.id, group);
  }

  private void offerWaiting(ClaimGroup group) {
    List<PendingWrite> waiting = List.copyOf(group.waiting);
    group.waiting.clear();
    for (PendingWrite write : waiting) {
      if (!write.hasEnded()) {
        offer(group, write);
      }
    }
  }

  private void forgetIfIdle(String id, ClaimGroup group) {
    if (group.isIdle()) {
      groups.remove(id);
    }
  }

  /** A write's time is up: ends it, unless a request of its own has still to answer. */
  void expire(PendingWrite write) {
    switch (write.stage) {
      case CLAIMING -> {
        ClaimGroup group = groups.get(write.id);
        if (!write.claimInFlight && group != null) {
          endLeader(group, write, failures.unknown(null));
        }
      }
      case WAITING, JOINED -> {
        effects.drop(write);
        endings.fail(write, failures.unknown(null));
      }
      case APPLYING -> effects.expire(write);
      case ENDED -> {}
    }
  }
}
