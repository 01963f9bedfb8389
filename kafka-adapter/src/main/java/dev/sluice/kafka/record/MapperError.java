package dev.sluice.kafka.record;

import static java.util.Objects.requireNonNull;

import dev.sluice.kafka.internal.log.Trace;

/**
 * The mapper threw an {@link Error}, which stops the consumer: another record would fare no better.
 *
 * <p>What is printed of it names the record's position, and the classes and stacks of what was
 * thrown and of its causes, but no message of theirs, since that may quote the record. {@link
 * #thrown()} is the error itself.
 */
public final class MapperError extends Error {
  private static final long serialVersionUID = 1;

  private final String source;
  private final Error thrown;

  /**
   * Creates the error.
   *
   * @param source the position of the record, {@code topic/partition/offset}
   * @param thrown what the mapper threw
   */
  public MapperError(String source, Error thrown) {
    super(
        "The mapper threw %s at record %s: mend it, and start again; nothing is lost."
            .formatted(thrown.getClass().getName(), requireNonNull(source, "source")),
        Trace.silent(thrown));
    this.source = source;
    this.thrown = thrown;
  }

  /** {@return the position of the record, {@code topic/partition/offset}} */
  public String source() {
    return source;
  }

  /**
   * What the mapper threw. Its message may quote the record: log it only where records may be
   * logged.
   *
   * @return the error itself
   */
  public Error thrown() {
    return thrown;
  }
}
