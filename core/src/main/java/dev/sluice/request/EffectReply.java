package dev.sluice.request;

/** What came back when an effect was looked for. */
public sealed interface EffectReply {

  /**
   * The table was read.
   *
   * @param isThere whether the effect is in it
   */
  record Read(boolean isThere) implements EffectReply {}

  /**
   * It is not known what the table holds.
   *
   * @param failure why
   */
  record Failed(Failure failure) implements EffectReply {}
}
