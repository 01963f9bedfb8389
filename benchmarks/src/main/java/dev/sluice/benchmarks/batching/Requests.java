package dev.sluice.benchmarks.batching;

import dev.sluice.metrics.WriterMetrics;

/** Counts requests and what was in them. Runs in the writer's loop only. */
final class Requests implements WriterMetrics {
  private long claims;
  private long claimed;
  private long effects;
  private long effected;

  @Override
  public void requestSent(Stage stage, String table, int items) {
    if (stage == Stage.CLAIM) {
      claims++;
      claimed += items;
    } else {
      effects++;
      effected += items;
    }
  }

  /** {@return items in a request for claims, on average; 0 if there was none} */
  double itemsPerClaim() {
    return claims == 0 ? 0 : (double) claimed / claims;
  }

  /** {@return items in a request for effects, on average; 0 if there was none} */
  double itemsPerEffect() {
    return effects == 0 ? 0 : (double) effected / effects;
  }

  long total() {
    return claims + effects;
  }
}
