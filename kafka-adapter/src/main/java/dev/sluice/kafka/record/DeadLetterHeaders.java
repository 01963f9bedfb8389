package dev.sluice.kafka.record;

/**
 * The names of the headers that a dead letter carries beside the record's own. All values are UTF-8
 * text.
 */
public final class DeadLetterHeaders {
  /** What all names begin with. Headers of the record itself that do are left out. */
  public static final String PREFIX = "sluice.";

  /** The position that may own claims in the ledger: {@code topic/partition/offset}. */
  public static final String SOURCE = PREFIX + "source";

  /**
   * The suffixes recorded in the ledger: those of one write separated by commas, writes by
   * semicolons; empty where none are known.
   */
  public static final String SUFFIXES = PREFIX + "suffixes";

  /** The consumer group. */
  public static final String GROUP = PREFIX + "group";

  /**
   * Why: {@code MAPPER_FAILED}, {@code MAPPER_REJECTED}, {@code INVALID_WRITE}, {@code
   * REJECTED_WRITE}, {@code CONFLICT_OTHER_CONTENT}, {@code CONFLICT_CONTENT_CHANGED} or {@code
   * CONFLICT_MAPPING_CHANGED}.
   */
  public static final String REASON = PREFIX + "reason";

  /**
   * More about the reason: the class of the mapper's exception, the text of its rejection, or what
   * the writer said, which never holds keys or contents.
   */
  public static final String DETAIL = PREFIX + "detail";

  /** Whether some of the record's effects were applied, or may have been: true or false. */
  public static final String PARTIAL = PREFIX + "partial";

  /** How often the record was tried, in decimal digits; replays count too. */
  public static final String ATTEMPTS = PREFIX + "attempts";

  /** When the record first failed, in ISO 8601, UTC. */
  public static final String FIRST_FAILURE = PREFIX + "first.failure";

  /** When the record last failed and was given up, in ISO 8601, UTC. */
  public static final String LAST_FAILURE = PREFIX + "last.failure";

  /** The record's topic. */
  public static final String TOPIC = PREFIX + "topic";

  /** The record's partition, in decimal digits. */
  public static final String PARTITION = PREFIX + "partition";

  /** The record's offset, in decimal digits. */
  public static final String OFFSET = PREFIX + "offset";

  /** The record's timestamp in epoch milliseconds, in decimal digits. */
  public static final String TIMESTAMP = PREFIX + "timestamp";

  /**
   * What that timestamp is: {@code CreateTime}, {@code LogAppendTime} or {@code NoTimestampType}.
   */
  public static final String TIMESTAMP_TYPE = PREFIX + "timestamp.type";

  private DeadLetterHeaders() {}
}
