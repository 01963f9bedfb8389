package dev.sluice.write;

/** Where effects go that may go out: the claims of their writes stand, or go with them. */
interface EffectSink {
  /** Takes an effect at the head of the line of its key. */
  void append(EffectTask task);
}
