package dev.sluice.kafka.record;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limits and times of a consumer. Immutable; made by {@link #builder()}, whose methods say what
 * each option is for.
 *
 * @param maxOpenRecords records of one partition in work before it is paused
 * @param maxOpenBytes bytes of all records in work, shared evenly by the partitions owned
 * @param maxOffsetSpan how far reading may run ahead of the committed offset
 * @param commitInterval the time between two commits
 * @param commitTimeout how long a commit may take where the loop has to wait for it
 * @param drainTimeout how long a rebalance may be held up for what is in flight
 * @param pollTimeout how long one poll waits when there is nothing else to do
 * @param retryBackoffMin the ceiling of the first wait before something is tried again
 * @param retryBackoffMax the ceiling of all later waits
 * @param commitRecords records done since the last commit that bring the next one about
 * @param lagInterval the time between two looks at the ends of the partitions
 * @param maxRecordAge how old a record in work may be before the consumer is not healthy
 * @param eventTimeHeader the header that says when an event happened, or null for the timestamp
 * @param readUncommitted whether transactions that are open or aborted are read
 * @param allowInterceptors whether interceptors of the Kafka consumer may be set
 * @param deadLetterFailure what to do when the dead-letter topic does not take a record
 */
public record ConsumerOptions(
    int maxOpenRecords,
    long maxOpenBytes,
    long maxOffsetSpan,
    Duration commitInterval,
    Duration commitTimeout,
    Duration drainTimeout,
    Duration pollTimeout,
    Duration retryBackoffMin,
    Duration retryBackoffMax,
    int commitRecords,
    Duration lagInterval,
    Duration maxRecordAge,
    @Nullable String eventTimeHeader,
    boolean readUncommitted,
    boolean allowInterceptors,
    DeadLetterFailure deadLetterFailure) {

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range, or two contradict each other
   */
  public ConsumerOptions {
    atLeastOne("maxOpenRecords", maxOpenRecords);
    atLeastOne("maxOpenBytes", maxOpenBytes);
    atLeastOne("maxOffsetSpan", maxOffsetSpan);
    between("commitInterval", commitInterval);
    between("commitTimeout", commitTimeout);
    between("drainTimeout", drainTimeout);
    between("pollTimeout", pollTimeout);
    between("retryBackoffMin", retryBackoffMin);
    between("retryBackoffMax", retryBackoffMax);
    atLeastOne("commitRecords", commitRecords);
    between("lagInterval", lagInterval);
    between("maxRecordAge", maxRecordAge);
    requireNonNull(deadLetterFailure, "deadLetterFailure");
    if (eventTimeHeader != null && eventTimeHeader.isBlank()) {
      throw new IllegalArgumentException(
          "eventTimeHeader is blank; it must be a header's name, or absent");
    }
    if (maxOffsetSpan < maxOpenRecords) {
      throw new IllegalArgumentException(
          "maxOffsetSpan is %d; it must be at least maxOpenRecords, which is %d"
              .formatted(maxOffsetSpan, maxOpenRecords));
    }
    if (retryBackoffMax.compareTo(retryBackoffMin) < 0) {
      throw new IllegalArgumentException(
          "retryBackoffMax is %s; it must be at least retryBackoffMin, which is %s"
              .formatted(retryBackoffMax, retryBackoffMin));
    }
  }

  /** {@return the defaults} */
  public static ConsumerOptions defaults() {
    return builder().build();
  }

  /** {@return a builder that holds the defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The options of one of several loops that share the memory.
   *
   * @param loops how many, 1 or more
   * @return the same, but with an even share of {@code maxOpenBytes}
   */
  public ConsumerOptions shareOf(int loops) {
    return new ConsumerOptions(
        maxOpenRecords,
        Math.max(1, maxOpenBytes / loops),
        maxOffsetSpan,
        commitInterval,
        commitTimeout,
        drainTimeout,
        pollTimeout,
        retryBackoffMin,
        retryBackoffMax,
        commitRecords,
        lagInterval,
        maxRecordAge,
        eventTimeHeader,
        readUncommitted,
        allowInterceptors,
        deadLetterFailure);
  }

  private static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be 1 or more");
    }
  }

  private static void between(String name, Duration value) {
    requireNonNull(value, name);
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " is " + value + "; it must be from " + SHORTEST + " to " + LONGEST);
    }
  }

  /** Builds {@link ConsumerOptions}. Not thread-safe. */
  public static final class Builder {
    private int maxOpenRecords = 2_000;
    private long maxOpenBytes = 64L << 20;
    private long maxOffsetSpan = 100_000;
    private Duration commitInterval = Duration.ofSeconds(1);
    private Duration commitTimeout = Duration.ofSeconds(10);
    private Duration drainTimeout = Duration.ofSeconds(30);
    private Duration pollTimeout = Duration.ofMillis(100);
    private Duration retryBackoffMin = Duration.ofMillis(100);
    private Duration retryBackoffMax = Duration.ofSeconds(30);
    private int commitRecords = 10_000;
    private Duration lagInterval = Duration.ofSeconds(10);
    private Duration maxRecordAge = Duration.ofMinutes(10);
    private @Nullable String eventTimeHeader;
    private boolean readUncommitted;
    private boolean allowInterceptors;
    private DeadLetterFailure deadLetterFailure = DeadLetterFailure.PAUSE;

    private Builder() {}

    /**
     * How many records of one partition may be in work (read, not yet ended) before the partition
     * is paused. Records that wait for a retry, or behind one, do not count, so that they starve
     * nobody; {@code maxOpenBytes} and {@code maxOffsetSpan} bound them. More keeps batches full,
     * and repeats more after a crash.
     *
     * @param records 1 or more; 2,000 by default, twice what a writer's 40 requests under way hold:
     *     what is open beyond that only waits, and is copied by each collection; one poll may go
     *     beyond it by {@code max.poll.records}
     * @return this builder
     */
    public Builder maxOpenRecords(int records) {
      this.maxOpenRecords = records;
      return this;
    }

    /**
     * How many bytes of keys and values all records in work may hold. Each partition owned may use
     * an even share, so that one that is stuck does not starve the others; and of its share, what
     * waits for a retry, or behind such a record of its key, may use three quarters, so that the
     * other keys of the partition go on. A partition where it is more is paused until it is less.
     *
     * <p>At worst all records hold these bytes and, for each partition owned, what one poll brings
     * of it: a fetch of {@code max.partition.fetch.bytes}, larger by as much as it was compressed,
     * and {@code max.poll.records} records at most. Where a rebalance makes the shares smaller,
     * what waits already on a partition comes on top of that until it ends.
     *
     * @param bytes 1 or more; 64 MiB by default
     * @return this builder
     */
    public Builder maxOpenBytes(long bytes) {
      this.maxOpenBytes = bytes;
      return this;
    }

    /**
     * How far reading may run ahead of the offset that could be committed, while an old record does
     * not end. It bounds what is delivered again after a crash.
     *
     * @param offsets at least {@code maxOpenRecords}; 100,000 by default
     * @return this builder
     */
    public Builder maxOffsetSpan(long offsets) {
      this.maxOffsetSpan = offsets;
      return this;
    }

    /**
     * The time between two commits: shorter repeats less after a crash, longer asks less of the
     * broker.
     *
     * @param interval 1 ms to a day; 1 second by default
     * @return this builder
     */
    public Builder commitInterval(Duration interval) {
      this.commitInterval = interval;
      return this;
    }

    /**
     * How long the loop waits for a commit, or for the answer which offset is committed, where it
     * cannot go on without: at a rebalance, at the start of a partition, at close.
     *
     * @param timeout 1 ms to a day; 10 seconds by default
     * @return this builder
     */
    public Builder commitTimeout(Duration timeout) {
      this.commitTimeout = timeout;
      return this;
    }

    /**
     * How long a rebalance is held up for the writes that are in flight on partitions that move
     * away. What has not ended by then is delivered again to the next owner, which costs requests
     * and loses nothing.
     *
     * @param timeout 1 ms to a day; 30 seconds by default; together with twice {@code
     *     commitTimeout} at most half of {@code max.poll.interval.ms}
     * @return this builder
     */
    public Builder drainTimeout(Duration timeout) {
      this.drainTimeout = timeout;
      return this;
    }

    /**
     * How long one poll waits for records while nothing is in work. It bounds how soon {@code
     * close} is noticed.
     *
     * @param timeout 1 ms to a day; 100 ms by default
     * @return this builder
     */
    public Builder pollTimeout(Duration timeout) {
      this.pollTimeout = timeout;
      return this;
    }

    /**
     * The waits before a write whose outcome is unknown, a dead letter that was not acknowledged or
     * a failed poll is tried again: each is drawn evenly below a ceiling that starts at the first
     * value and doubles up to the second. There is no last try.
     *
     * @param min the first ceiling, 1 ms to a day; 100 ms by default
     * @param max the last ceiling, {@code min} to a day; 30 seconds by default
     * @return this builder
     */
    public Builder retryBackoff(Duration min, Duration max) {
      this.retryBackoffMin = min;
      this.retryBackoffMax = max;
      return this;
    }

    /**
     * Commits as soon as that many records are done since the last commit, though {@code
     * commitInterval} is not over: it bounds what is delivered again after a crash when much
     * arrives. There is still one commit under way at a time.
     *
     * @param records 1 or more; 10,000 by default
     * @return this builder
     */
    public Builder commitRecords(int records) {
      this.commitRecords = records;
      return this;
    }

    /**
     * How often the broker is asked for the end offsets of the partitions owned, for the lag in
     * health and metrics. The polling waits for the answer, half a second at most; it is not asked
     * when the last poll is long ago.
     *
     * @param interval 1 ms to a day; 10 seconds by default
     * @return this builder
     */
    public Builder lagInterval(Duration interval) {
      this.lagInterval = interval;
      return this;
    }

    /**
     * How long a record may be in work before {@link ConsumerHealth#isHealthy()} says no. It
     * changes nothing else: the record goes on being tried.
     *
     * @param age 1 ms to a day; 10 minutes by default
     * @return this builder
     */
    public Builder maxRecordAge(Duration age) {
      this.maxRecordAge = age;
      return this;
    }

    /**
     * The header that says when an event happened, for its age in the metrics: milliseconds since
     * 1970, as decimal text or as a {@code long} of eight bytes, most significant first. Where it
     * is absent or holds anything else, the record's timestamp counts.
     *
     * @param name a header's name; none by default
     * @return this builder
     */
    public Builder eventTimeHeader(String name) {
      this.eventTimeHeader = requireNonNull(name, "name");
      return this;
    }

    /**
     * Reads transactions before they are committed, and those that never are: events take effect
     * that their producer took back. {@code isolation.level=read_uncommitted} is refused without
     * this.
     *
     * @param read false by default
     * @return this builder
     */
    public Builder readUncommitted(boolean read) {
      this.readUncommitted = read;
      return this;
    }

    /**
     * Allows {@code interceptor.classes}. An interceptor may drop or change records before the
     * consumer sees them: what it drops is lost. Allow only those that leave records alone, such as
     * those for tracing.
     *
     * @param allow false by default
     * @return this builder
     */
    public Builder allowInterceptors(boolean allow) {
      this.allowInterceptors = allow;
      return this;
    }

    /**
     * What to do when the dead-letter topic does not take a record. Either way the record is not
     * lost, and nothing is committed past it.
     *
     * @param failure {@link DeadLetterFailure#PAUSE} by default
     * @return this builder
     */
    public Builder deadLetterFailure(DeadLetterFailure failure) {
      this.deadLetterFailure = requireNonNull(failure, "failure");
      return this;
    }

    /**
     * Builds the options.
     *
     * @return the options
     * @throws IllegalArgumentException if one is out of its range, or two contradict each other
     */
    public ConsumerOptions build() {
      return new ConsumerOptions(
          maxOpenRecords,
          maxOpenBytes,
          maxOffsetSpan,
          commitInterval,
          commitTimeout,
          drainTimeout,
          pollTimeout,
          retryBackoffMin,
          retryBackoffMax,
          commitRecords,
          lagInterval,
          maxRecordAge,
          eventTimeHeader,
          readUncommitted,
          allowInterceptors,
          deadLetterFailure);
    }
  }
}
