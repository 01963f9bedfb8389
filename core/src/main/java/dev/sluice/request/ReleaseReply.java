package dev.sluice.request;

/** What came back for a release. */
public sealed interface ReleaseReply {

  /**
   * The ledger holds no claim of this source any more.
   *
   * @param deleted whether this request deleted one
   */
  record Released(boolean deleted) implements ReleaseReply {}

  /**
   * The request failed.
   *
   * @param failure why
   */
  record Failed(Failure failure) implements ReleaseReply {}
}
