package dev.sluice.batch;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * When a batch is sent: as soon as one of the three is reached. They are the caller's choice;
 * {@link BatchLimits} are the service's.
 *
 * <p><b>Choosing the linger.</b> Let <i>r</i> be the elements a second that come to one
 * accumulator, <i>l</i> its linger, and <i>s</i> the time from a request to its reply. An owner
 * that sends at once when nothing of its own is under way, as a writer does, lets an element wait
 * for <i>w</i> = min(<i>l</i>, <i>s</i>) at most: whatever is longer than a reply takes has no
 * effect. Then
 *
 * <ul>
 *   <li>a batch holds about <i>r</i>·<i>w</i> elements, at least 1 and at most {@code maxItems}: 5
 *       at 1,000 a second and 5 ms, 25 at 5,000;
 *   <li>below 1/<i>w</i> elements a second (200 at 5 ms) batches stay at one element, and a linger
 *       only adds up to <i>w</i> to the slowest of them;
 *   <li>from {@code maxItems}/<i>w</i> a second on (5,000 at 5 ms) batches are full before their
 *       time, and the wait goes down again, to {@code maxItems}/<i>r</i>;
 *   <li>the slowest elements take <i>s</i> + <i>w</i>;
 *   <li>with at most <i>f</i> requests under way, <i>f</i>/<i>s</i> requests a second go out: 8,000
 *       at 40 and 5 ms. Without a linger batches form only where that is not enough, and hold
 *       <i>r</i>·<i>s</i>/<i>f</i> elements.
 * </ul>
 *
 * <p>Fuller batches save requests, and so the client's CPU and connections; they cost as many write
 * units. A writer has one accumulator for its claims and some for each table: under {@code LEDGER}
 * each stage has half of the linger and the latencies add up; its effects wait out their half while
 * claims are under way, whatever <i>s</i> is, since more are sure to come. There <i>r</i> is the
 * rate of the whole writer: with <i>P</i> partitions of a source at <i>q</i> events a second each
 * it is <i>P</i>·<i>q</i>, so one writer for all of them fills its batches <i>P</i> times as well
 * as one for each would.
 *
 * @param maxItems elements in a batch, at least 1
 * @param maxBytes bytes in a batch, at least 1; an element larger than this goes alone
 * @param linger how long the first element waits for others; zero sends at once, and what is longer
 *     than 292 years ({@code ChronoUnit.FOREVER.getDuration()}, say) leaves only full batches due
 */
public record BatchTriggers(int maxItems, long maxBytes, Duration linger) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public BatchTriggers {
    requireNonNull(linger, "linger");
    if (maxItems < 1) {
      throw new IllegalArgumentException("maxItems is at least 1; got " + maxItems + '.');
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes is at least 1; got " + maxBytes + '.');
    }
    if (linger.isNegative()) {
      throw new IllegalArgumentException("linger is not negative; got " + linger + '.');
    }
  }
}
