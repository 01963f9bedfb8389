package dev.sluice.write;

import dev.sluice.request.Failure;
import org.jspecify.annotations.Nullable;

/**
 * How the attempts at one claim, effect or transaction have failed so far. What is the system's
 * fault only if it lasts is so if nothing else has happened for half of the time that a write has:
 * one hiccup at the end of a long throttle stops nobody. Belongs to the loop.
 */
final class FailedAttempts {
  private static final long NEVER = Long.MIN_VALUE;

  private Failure last;
  private long systemSince = NEVER;
  private boolean maybeApplied;
  private int unexplained;

  private FailedAttempts(Failure first) {
    this.last = first;
  }

  /**
   * Adds a failure.
   *
   * @param before those before it, or null if it is the first
   * @param failure why the last attempt failed
   * @param now when, in nanoseconds
   * @return all of them
   */
  static FailedAttempts add(@Nullable FailedAttempts before, Failure failure, long now) {
    FailedAttempts all = before == null ? new FailedAttempts(failure) : before;
    all.last = failure;
    all.maybeApplied |= failure.mayBeApplied();
    all.unexplained = failure.isExplained() ? 0 : all.unexplained + 1;
    if (!failure.kind().isOfSystem()) {
      all.systemSince = NEVER;
    } else if (all.systemSince == NEVER) {
      all.systemSince = now;
    }
    return all;
  }

  /** {@return whether some attempt may have been applied, though no answer said so} */
  boolean maybeApplied() {
    return maybeApplied;
  }

  /** {@return how many attempts in a row have failed for nothing that is known, up to the last} */
  int unexplained() {
    return unexplained;
  }

  /** {@return the last failure} */
  Failure last() {
    return last;
  }

  /**
   * Why a write ends whose last attempt failed just before its deadline.
   *
   * @param now the time, in nanoseconds
   * @param deliveryNanos how long a write is tried for
   */
  Failure atDeadline(long now, long deliveryNanos) {
    boolean lasts = systemSince != NEVER && now - systemSince >= deliveryNanos / 2;
    return lasts || last.kind() == Failure.Kind.SYSTEM ? last : last.asUnknown();
  }
}
