package dev.sluice.pacing;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides whose turn it is among those who wait for one budget: always that of the one who was
 * served least, in units over weight (start-time fair queueing: Goyal, Vin and Cheng, SIGCOMM
 * 1996). So large requests do not push out small ones, and who has a small weight yields to others
 * but takes what they leave.
 *
 * <p>Not safe for use by several threads; times are readings in nanoseconds of one clock.
 */
public final class FairShares {
  /** How much later than its time somebody may come before others go first. */
  static final long GRACE_NANOS = 5_000_000L;

  /** Whoever is expected so soon is as good as there: times are rounded. */
  private static final long SOON_NANOS = 100_000L;

  // Those who were told to wait and have not been served since: a handful.
  private final List<Share> waiting = new ArrayList<>();
  // What whoever was served last had been served by then, since somebody waited last.
  private double served;
  private long round;

  /** Creates shares of which nobody waits. */
  public FairShares() {}

  /** Whoever has requests: a writer, or a table of one. */
  public static final class Share {
    private final double weight;
    private double served;
    private long round;
    private long expectedAt;
    private boolean waits;

    /**
     * Creates a share that was served nothing.
     *
     * @param weight its weight beside others, above zero
     */
    public Share(double weight) {
      this.weight = weight;
    }

    /** {@return its weight} */
    public double weight() {
      return weight;
    }
  }

  /**
   * Whether nobody who is due by now was served less.
   *
   * @param share who asks
   * @param now the time
   * @return whether it is its turn
   */
  public boolean isTurn(Share share, long now) {
    if (waiting.isEmpty()) {
      return true;
    }
    forgetLate(now);
    double its = position(share);
    for (Share other : waiting) {
      if (other != share && other.expectedAt - SOON_NANOS <= now && other.served < its) {
        return false;
      }
    }
    return true;
  }

  private void forgetLate(long now) {
    waiting.removeIf(
        share -> {
          boolean late = now - share.expectedAt > GRACE_NANOS;
          share.waits &= !late;
          return late;
        });
  }

  /** Nothing is saved up while nobody wants anything. */
  private double position(Share share) {
    if (share.round != round) {
      return served;
    }
    return share.waits ? share.served : Math.max(share.served, served);
  }

  /**
   * Somebody was told to come again.
   *
   * @param share who
   * @param at when
   */
  public void waits(Share share, long at) {
    if (!share.waits) {
      share.served = position(share);
      share.round = round;
      share.waits = true;
      waiting.add(share);
    }
    share.expectedAt = at;
  }

  /**
   * Somebody is served.
   *
   * @param share who
   * @param units with how much
   */
  public void took(Share share, double units) {
    double before = position(share);
    if (share.waits) {
      share.waits = false;
      waiting.remove(share);
    }
    if (waiting.isEmpty()) {
      // Nobody is kept from anything: what has been is over, and sums stay small.
      round++;
      served = 0;
      share.served = units / share.weight;
    } else {
      served = Math.max(served, before);
      share.served = before + units / share.weight;
    }
    share.round = round;
  }

  /**
   * What somebody was served with was more, or less, than was thought.
   *
   * @param share who
   * @param units by how much; below zero if it was less
   */
  public void correct(Share share, double units) {
    if (share.round == round) {
      share.served += units / share.weight;
    }
  }
}
