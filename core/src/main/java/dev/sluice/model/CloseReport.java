package dev.sluice.model;

/**
 * What was left when a writer was closed.
 *
 * @param unfinished the number of accepted writes that had not ended by the deadline; each was
 *     failed with {@link WriterClosedException}, and its outcome is unknown
 */
public record CloseReport(int unfinished) {
  /** {@return whether every accepted write had ended} */
  public boolean clean() {
    return unfinished == 0;
  }
}
