package dev.sluice.model;

import java.util.List;

/**
 * The service rejected one of the write's effects for good, after its claim was made.
 *
 * <p>The claim still stands. Whoever has stored the record elsewhere (acknowledged by a dead-letter
 * topic, say) then releases it with {@code IdempotentWriter.release}, unless the write is {@link
 * #partial()}, so that a corrected event may enter under the same id.
 */
public final class RejectedWriteException extends RecordException {
  private final String errorCode;
  private final boolean partial;
  private final List<Suffix> suffixes;

  /**
   * Creates the exception.
   *
   * @param message what was rejected, by which table, with which error code
   * @param errorCode the service's error code
   * @param partial whether some of the write's effects were applied, or may have been, or may yet
   *     be: the rejection may pass, the record had been claimed before, an attempt was not
   *     answered, or another process has made them since. For the last the tables are read, which
   *     takes the permission {@code dynamodb:GetItem}: without it, it is true. Under {@code KEYED}
   *     it knows of this write alone, and of no earlier delivery
   * @param suffixes the suffix of each effect as recorded in the ledger
   */
  public RejectedWriteException(
      String message, String errorCode, boolean partial, List<Suffix> suffixes) {
    super(message);
    this.errorCode = errorCode;
    this.partial = partial;
    this.suffixes = List.copyOf(suffixes);
  }

  /** {@return the service's error code, such as {@code ValidationException}} */
  public String errorCode() {
    return errorCode;
  }

  /** {@return whether some of the write's effects were applied, or may have been, or may yet be} */
  public boolean partial() {
    return partial;
  }

  /** {@return the suffix of each effect, in the write's order, as recorded in the ledger} */
  public List<Suffix> suffixes() {
    return suffixes;
  }
}
