package dev.sluice.kafka.internal.replay;

import dev.sluice.kafka.record.ReplayReport;
import java.util.Map;
import java.util.TreeMap;

/** Counts what becomes of dead letters; see {@link ReplayReport}. Not thread-safe. */
final class ReplayTally {
  private final Map<String, Long> stillFailing = new TreeMap<>();
  private final Map<String, Long> notAskedFor = new TreeMap<>();
  private final Map<String, Long> ofOtherGroups = new TreeMap<>();
  long replayed;
  long repeated;
  long foreign;
  long expired;

  void failedAgain(String reason) {
    stillFailing.merge(reason, 1L, Long::sum);
  }

  void notAskedFor(String reason) {
    notAskedFor.merge(reason, 1L, Long::sum);
  }

  void ofOtherGroup(String group) {
    ofOtherGroups.merge(group, 1L, Long::sum);
  }

  ReplayReport report() {
    return new ReplayReport(
        replayed, stillFailing, notAskedFor, ofOtherGroups, repeated, foreign, expired);
  }
}
