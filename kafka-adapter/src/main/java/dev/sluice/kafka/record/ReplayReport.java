package dev.sluice.kafka.record;

import java.util.Map;

/**
 * What a replay of dead letters did. Immutable.
 *
 * @param replayed records that took effect, or had done so before, or that the mapper skips
 * @param stillFailing records that failed again and were put back, by their reason now
 * @param notAskedFor dead letters that were left, by a reason that was not asked for
 * @param ofOtherGroups dead letters of other consumer groups, which were left, by their group
 * @param repeated further dead letters of records that had failed in this run already
 * @param foreign records of the topic that are no dead letters of this library's
 * @param expired dead letters that this run left, since they are older than the ledger keeps
 *     claims, or their age is not known. They are found when they are asked for; later runs do not
 *     count them again, and warn of them
 */
public record ReplayReport(
    long replayed,
    Map<String, Long> stillFailing,
    Map<String, Long> notAskedFor,
    Map<String, Long> ofOtherGroups,
    long repeated,
    long foreign,
    long expired) {
  /** Copies the counts. */
  public ReplayReport {
    stillFailing = Map.copyOf(stillFailing);
    notAskedFor = Map.copyOf(notAskedFor);
    ofOtherGroups = Map.copyOf(ofOtherGroups);
  }

  /**
   * A report of a replay that left nothing for its age.
   *
   * @param replayed see above
   * @param stillFailing see above
   * @param notAskedFor see above
   * @param ofOtherGroups see above
   * @param repeated see above
   * @param foreign see above
   */
  public ReplayReport(
      long replayed,
      Map<String, Long> stillFailing,
      Map<String, Long> notAskedFor,
      Map<String, Long> ofOtherGroups,
      long repeated,
      long foreign) {
    this(replayed, stillFailing, notAskedFor, ofOtherGroups, repeated, foreign, 0);
  }

  /**
   * {@return whether every dead letter that was asked for took effect, and this run left none for
   * its age}
   */
  public boolean isClean() {
    return stillFailing.isEmpty() && expired == 0;
  }
}
