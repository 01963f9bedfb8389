package dev.sluice.benchmarks.flow;

/** Who takes events that come at a rate and writes them. */
interface Feed {

  /** More events have come. */
  void offer(double count);

  /** {@return how many have come} */
  long offered();

  /** {@return how many were taken in} */
  long accepted();

  /** {@return how many are written} */
  long applied();
}
