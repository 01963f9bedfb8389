package dev.sluice.benchmarks.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * What of a run is measured: a number of slices, after it has settled. Each ends after a time or
 * after a number of events, whichever is first.
 *
 * @param settleMillis how long it settles, at most
 * @param slices how many slices
 * @param sliceMillis how long each is, at most
 * @param sliceEvents how many events each has, at most, and the settling as well
 * @param recording file for a JFR recording of the slices, or null for none
 */
record Phases(
    int settleMillis, int slices, int sliceMillis, int sliceEvents, @Nullable String recording) {
  /** Steps by which a run may settle for longer, if it is not warm. */
  static final int WARMING_STEPS = 4;

  static final int WARMING_STEP_MILLIS = 1_000;

  Phases(int settleMillis, int slices, int sliceMillis, int sliceEvents) {
    this(settleMillis, slices, sliceMillis, sliceEvents, null);
  }

  Phases recordedIn(@Nullable String file) {
    return new Phases(settleMillis, slices, sliceMillis, sliceEvents, file);
  }

  /**
   * {@return the same for records that come at a rate, which only time ends}
   *
   * @param settle how long it settles, in milliseconds
   */
  Phases atRate(int settle) {
    return new Phases(settle, slices, sliceMillis, Integer.MAX_VALUE, recording);
  }

  /** {@return how many records are surely enough} */
  int mostEvents() {
    return (slices + 2) * sliceEvents;
  }

  /** {@return how long they take at most, all together} */
  int longestMillis() {
    return settleMillis + WARMING_STEPS * WARMING_STEP_MILLIS + slices * sliceMillis;
  }
}
