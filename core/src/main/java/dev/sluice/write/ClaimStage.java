package dev.sluice.write;

import dev.sluice.ledger.ClaimMemory;
import dev.sluice.ledger.Decision;
import dev.sluice.ledger.LedgerEntry;
import dev.sluice.model.Duplicates;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SystemException;
import dev.sluice.request.ClaimReply;
import dev.sluice.request.LedgerRequests;
import dev.sluice.request.ServiceTime;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gets each write's claim answered: by the ledger, by what is remembered of it, or by what another
 * write of the same event in this process has found out already.
 *
 * <p>Of the writes of one event, one leads: it claims and applies. The same write again (same
 * source) joins it and ends as it ends. Any other waits for what the leader's claim finds and is
 * judged by that; if the claim fails, the next one leads.
 */
final class ClaimStage implements Protocol, Claimer.Listener, EffectStage.Listener {

  private final Map<String, ClaimGroup> groups = new HashMap<>();
  private final Claimer claimer;
  private final ClaimMemory memory;
  private final ServiceTime time;
  private final String ledger;
  private final Duplicates duplicates;
  private final EffectStage effects;
  private final WriteCompletions completions;
  private final WriteFailures failures;
  private final LoopResources loop;
  private final Predicate<String> releasing;
  private final RetiredShards retiredShards = new RetiredShards();
  private int unanswered;

  /**
   * Creates the stage without writes, and connects it with what is below it.
   *
   * @param claimer gets claims answered
   * @param ledger the operations on the ledger
   * @param effects makes the effects of writes whose claims stand
   * @param completions where writes end
   * @param failures words what the caller is told
   * @param loop what the stages share
   * @param releasing whether the claim of an id is being released
   */
  ClaimStage(
      Claimer claimer,
      LedgerRequests ledger,
      EffectStage effects,
      WriteCompletions completions,
      WriteFailures failures,
      LoopResources loop,
      Predicate<String> releasing) {
    this.claimer = claimer;
    this.memory = new ClaimMemory(loop.settings().claims().memory());
    this.time = ledger.time();
    this.ledger = ledger.table().name();
    this.duplicates = loop.settings().claims().duplicates();
    this.effects = effects;
    this.completions = completions;
    this.failures = failures;
    this.loop = loop;
    this.releasing = releasing;
    claimer.connect(this);
    effects.connect(this);
  }

  @Override
  public void accept(PendingWrite write) {
    effects.joinLines(write);
    ClaimGroup group = groups.computeIfAbsent(write.id, id -> new ClaimGroup(releasing.test(id)));
    offer(group, write);
    forgetIfIdle(write.id, group);
  }

  @Override
  public boolean hasUnanswered() {
    return unanswered > 0;
  }

  @Override
  public void dispatch(Eagerness eagerness) {
    claimer.dispatch(eagerness);
  }

  @Override
  public OptionalLong nextDue(Eagerness eagerness) {
    return claimer.nextDue(eagerness);
  }

  @Override
  public void forget(String id) {
    memory.forget(id);
    ClaimGroup group = groups.get(id);
    if (group != null) {
      group.release();
    }
  }

  private void offer(ClaimGroup group, PendingWrite write) {
    write.group = group;
    PendingWrite leader = group.leader;
    LedgerEntry standing = group.standing();
    if (leader != null && leader.entry().isSameWriteAs(write.entry())) {
      join(group, write);
    } else if (standing != null) {
      judge(group, standing, write);
    } else if (leader != null) {
      write.to(PendingWrite.Stage.WAITING);
      group.await(write);
    } else {
      lead(group, write);
    }
  }

  private void join(ClaimGroup group, PendingWrite write) {
    effects.drop(write);
    write.to(PendingWrite.Stage.JOINED);
    group.join(write);
  }

  private void lead(ClaimGroup group, PendingWrite write) {
    LedgerEntry remembered = memory.find(write.id, time.latestSeconds());
    if (remembered != null) {
      write.claimedAt = loop.clock().nanos();
      group.stands(remembered, memory.expireAt(write.id));
      judge(group, remembered, write);
      return;
    }
    group.leader = write;
    write.to(PendingWrite.Stage.CLAIMING);
    unanswered++;
    claimer.claim(write);
  }

  private void judge(ClaimGroup group, LedgerEntry standing, PendingWrite write) {
    Duplicates own = write.duplicates;
    Decision decision = Decision.of(standing, write.entry(), own == null ? duplicates : own);
    if (decision instanceof Decision.Ended ended) {
      effects.drop(write);
      completions.complete(write, ended.outcome());
      return;
    }
    SystemException retired = retiredShards.check(write.effects, standing.suffixes());
    if (retired != null) {
      effects.drop(write);
      completions.fail(write, retired);
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

  @Override
  public void answered(PendingWrite write, ClaimReply.Answer answer) {
    ClaimGroup group = write.group;
    if (group == null || group.leader != write || write.hasEnded()) {
      return;
    }
    unanswered--;
    write.claimedAt = loop.clock().nanos();
    loop.metrics().claimAnswered(loop.clock().age(write));
    if (answer instanceof ClaimReply.Held held) {
      held(group, write, held);
    } else if (answer instanceof ClaimReply.Claimed claimed) {
      group.stands(write.entry(), claimed.expireAt());
      effects.apply(write);
    } else if (answer instanceof ClaimReply.Applied applied) {
      group.stands(write.entry(), applied.expireAt());
      effects.made(write);
    }
    offerWaiting(group);
    forgetIfIdle(write.id, group);
  }

  private void held(ClaimGroup group, PendingWrite write, ClaimReply.Held held) {
    LedgerEntry standing = held.standing();
    group.stands(standing, held.expireAt());
    group.leader = null;
    judge(group, standing, write);
    if (group.leader == null) {
      // Those who joined are the same write, and so end the same way, unless their time was up.
      for (PendingWrite same : group.takeJoined()) {
        if (!same.hasEnded()) {
          judge(group, standing, same);
        }
      }
    }
  }

  @Override
  public void failed(PendingWrite write, SluiceException failure) {
    ClaimGroup group = write.group;
    if (group != null && group.leader == write) {
      endLeader(group, write, failure);
    }
  }

  private void endLeader(ClaimGroup group, PendingWrite write, SluiceException failure) {
    unanswered--;
    effects.drop(write);
    leaderEnded(group, write, null, failure);
  }

  @Override
  public void effectsApplied(PendingWrite write) {
    ClaimGroup group = write.group;
    if (group != null && group.leader == write) {
      rememberLeaders(group);
    }
    ended(write, write.outcome(), null);
  }

  @Override
  public void effectsFailed(PendingWrite write, SluiceException failure) {
    ended(write, null, failure);
  }

  /** Only what this writer saw durable: an entry that is merely claimed may be released yet. */
  private void rememberLeaders(ClaimGroup group) {
    LedgerEntry standing = group.standing();
    if (standing != null) {
      memory.remember(standing, group.expireAt());
    }
  }

  private void ended(
      PendingWrite write, @Nullable Outcome outcome, @Nullable SluiceException failure) {
    ClaimGroup group = write.group;
    if (group != null && group.leader == write) {
      leaderEnded(group, write, outcome, failure);
    } else {
      completions.end(write, outcome, failure);
    }
  }

  private void leaderEnded(
      ClaimGroup group,
      PendingWrite leader,
      @Nullable Outcome outcome,
      @Nullable SluiceException failure) {
    group.leader = null;
    completions.end(leader, outcome, failure);
    if (group.hasJoined()) {
      // Of one write that came twice, only the one that led was seen for the first time.
      Outcome again =
          outcome instanceof Outcome.Applied first
              ? new Outcome.Replayed(first.suffixes())
              : outcome;
      group.takeJoined().forEach(joined -> completions.end(joined, again, failure));
    }
    offerWaiting(group);
    forgetIfIdle(leader.id, group);
  }

  private void offerWaiting(ClaimGroup group) {
    for (PendingWrite write : group.takeWaiting()) {
      if (!write.hasEnded()) {
        offer(group, write);
      }
    }
  }

  private void forgetIfIdle(String id, ClaimGroup group) {
    if (group.isIdle()) {
      groups.remove(id, group);
    }
  }

  @Override
  public void expire(PendingWrite write) {
    switch (write.stage()) {
      case CLAIMING -> {
        ClaimGroup group = write.group;
        if (!write.claimInFlight && group != null) {
          endLeader(group, write, failures.waiting(ledger, write.attempts));
        }
      }
      case WAITING, JOINED -> {
        effects.drop(write);
        completions.fail(write, failures.atDeadline(ledger, null));
      }
      case APPLYING -> effects.expire(write);
      case ENDED -> {}
    }
  }
}
