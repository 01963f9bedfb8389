package dev.sluice.write;

/** Tracks how far the search for the rejected effects of one write has come. */
final class EffectSearch {
  /** The place of the effect whose rejection decides, among those of the write. */
  final int worst;

  /** The place of the effect to look for next. */
  int next;

  int failures;
  boolean inFlight;

  EffectSearch(int worst) {
    this.worst = worst;
  }
}
