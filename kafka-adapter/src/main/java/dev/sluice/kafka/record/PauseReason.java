package dev.sluice.kafka.record;

/** Why a partition is paused. Its neighbours are paused only if it holds for them too. */
public enum PauseReason {
  /** The consumer was paused by whoever runs it. */
  OPERATOR("paused by the operator"),
  /** The consumer is closing. */
  CLOSING("closing"),
  /** The dead-letter topic does not take one of its records. */
  DEAD_LETTERS_NOT_TAKEN("the dead-letter topic does not take one of its records"),
  /** Its next record cannot be read, since the data is damaged: see {@link ConsumerHealth}. */
  UNREADABLE("its next record cannot be read"),
  /** See {@link ConsumerOptionsBuilder#maxOpenRecords}. */
  MAX_OPEN_RECORDS("maxOpenRecords"),
  /** See {@link ConsumerOptionsBuilder#maxOpenBytes}. */
  MAX_OPEN_BYTES("maxOpenBytes"),
  /** See {@link ConsumerOptionsBuilder#maxOffsetSpan}. */
  MAX_OFFSET_SPAN("maxOffsetSpan");

  private final String text;

  PauseReason(String text) {
    this.text = text;
  }

  /** {@return the reason for a person to read} */
  public String text() {
    return text;
  }
}
