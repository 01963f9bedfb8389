package dev.sluice.kafka.record;

import static java.util.Objects.requireNonNull;

import dev.sluice.kafka.record.ConsumerOptions.DeadLetterFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Builds {@link ConsumerOptions}. Not thread-safe. */
public final class ConsumerOptionsBuilder {
  int maxOpenRecords = 2_000;
  long maxOpenBytes = 64L << 20;
  long maxOffsetSpan = 100_000;
  Duration commitInterval = Duration.ofSeconds(1);
  Duration commitTimeout = Duration.ofSeconds(10);
  Duration drainTimeout = Duration.ofSeconds(30);
  Duration pollTimeout = Duration.ofMillis(100);
  Duration retryBackoffMin = Duration.ofMillis(100);
  Duration retryBackoffMax = Duration.ofSeconds(30);
  int commitRecords = 10_000;
  Duration lagInterval = Duration.ofSeconds(10);
  Duration maxRecordAge = Duration.ofMinutes(10);
  @Nullable String eventTimeHeader;
  boolean readUncommitted;
  boolean allowInterceptors;
  DeadLetterFailure deadLetterFailure = DeadLetterFailure.PAUSE;

  /** Holds the defaults. */
  ConsumerOptionsBuilder() {}

  /** Holds what another one holds. */
  ConsumerOptionsBuilder(ConsumerOptionsBuilder other) {
    this.maxOpenRecords = other.maxOpenRecords;
    this.maxOpenBytes = other.maxOpenBytes;
    this.maxOffsetSpan = other.maxOffsetSpan;
    this.commitInterval = other.commitInterval;
    this.commitTimeout = other.commitTimeout;
    this.drainTimeout = other.drainTimeout;
    this.pollTimeout = other.pollTimeout;
    this.retryBackoffMin = other.retryBackoffMin;
    this.retryBackoffMax = other.retryBackoffMax;
    this.commitRecords = other.commitRecords;
    this.lagInterval = other.lagInterval;
    this.maxRecordAge = other.maxRecordAge;
    this.eventTimeHeader = other.eventTimeHeader;
    this.readUncommitted = other.readUncommitted;
    this.allowInterceptors = other.allowInterceptors;
    this.deadLetterFailure = other.deadLetterFailure;
  }

  /**
   * How many records of one partition may be in work (read, not yet ended) before the partition is
   * paused. Records that wait for a retry, or behind one, do not count, so that they starve nobody;
   * {@code maxOpenBytes} and {@code maxOffsetSpan} bound them. More keeps batches full, and repeats
   * more after a crash.
   *
   * @param records 1 or more; 2,000 by default, twice what a writer's 40 requests under way hold:
   *     what is open beyond that only waits, and is copied by each collection; one poll may go
   *     beyond it by {@code max.poll.records}
   * @return this builder
   */
  public ConsumerOptionsBuilder maxOpenRecords(int records) {
    this.maxOpenRecords = records;
    return this;
  }

  /**
   * How many bytes of keys, values and headers all records in work may hold. Each partition owned
   * may use an even share, so that one that is stuck does not starve the others; and of its share,
   * what waits for a retry, or behind such a record of its key, may use three quarters, so that the
   * other keys of the partition go on. A partition where it is more is paused until it is less.
   *
   * <p>At worst all records hold these bytes and, for each partition owned, what one poll brings of
   * it: a fetch of {@code max.partition.fetch.bytes}, larger by as much as it was compressed, and
   * {@code max.poll.records} records at most. Where a rebalance makes the shares smaller, what
   * waits already on a partition comes on top of that until it ends.
   *
   * @param bytes 1 or more; 64 MiB by default
   * @return this builder
   */
  public ConsumerOptionsBuilder maxOpenBytes(long bytes) {
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
  public ConsumerOptionsBuilder maxOffsetSpan(long offsets) {
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
  public ConsumerOptionsBuilder commitInterval(Duration interval) {
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
  public ConsumerOptionsBuilder commitTimeout(Duration timeout) {
    this.commitTimeout = timeout;
    return this;
  }

  /**
   * How long a rebalance is held up for the writes that are in flight on partitions that move away.
   * What has not ended by then is delivered again to the next owner, which costs requests and loses
   * nothing.
   *
   * @param timeout 1 ms to a day; 30 seconds by default; together with twice {@code commitTimeout}
   *     at most half of {@code max.poll.interval.ms}
   * @return this builder
   */
  public ConsumerOptionsBuilder drainTimeout(Duration timeout) {
    this.drainTimeout = timeout;
    return this;
  }

  /**
   * How long one poll waits for records while nothing is in work. It bounds how soon {@code close}
   * is noticed.
   *
   * @param timeout 1 ms to a day; 100 ms by default
   * @return this builder
   */
  public ConsumerOptionsBuilder pollTimeout(Duration timeout) {
    this.pollTimeout = timeout;
    return this;
  }

  /**
   * The waits before a write whose outcome is unknown, a dead letter that was not acknowledged or a
   * failed poll is tried again: each is drawn evenly below a ceiling that starts at the first value
   * and doubles up to the second. There is no last try.
   *
   * @param min the first ceiling, 1 ms to a day; 100 ms by default
   * @param max the last ceiling, {@code min} to a day; 30 seconds by default
   * @return this builder
   */
  public ConsumerOptionsBuilder retryBackoff(Duration min, Duration max) {
    this.retryBackoffMin = min;
    this.retryBackoffMax = max;
    return this;
  }

  /**
   * Commits as soon as that many records are done since the last commit, though {@code
   * commitInterval} is not over: it bounds what is delivered again after a crash when much arrives.
   * There is still one commit under way at a time.
   *
   * @param records 1 or more; 10,000 by default
   * @return this builder
   */
  public ConsumerOptionsBuilder commitRecords(int records) {
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
  public ConsumerOptionsBuilder lagInterval(Duration interval) {
    this.lagInterval = interval;
    return this;
  }

  /**
   * How long a record may be in work before {@link ConsumerHealth#isHealthy()} says no. It changes
   * nothing else: the record goes on being tried.
   *
   * @param age 1 ms to a day; 10 minutes by default
   * @return this builder
   */
  public ConsumerOptionsBuilder maxRecordAge(Duration age) {
    this.maxRecordAge = age;
    return this;
  }

  /**
   * The header that says when an event happened, for its age in the metrics: milliseconds since
   * 1970, as decimal text or as a {@code long} of eight bytes, most significant first. Where it is
   * absent or holds anything else, the record's timestamp counts.
   *
   * @param name a header's name; none by default
   * @return this builder
   */
  public ConsumerOptionsBuilder eventTimeHeader(String name) {
    this.eventTimeHeader = requireNonNull(name, "name");
    return this;
  }

  /**
   * Reads transactions before they are committed, and those that never are: events take effect that
   * their producer took back. {@code isolation.level=read_uncommitted} is refused without this.
   *
   * @param read false by default
   * @return this builder
   */
  public ConsumerOptionsBuilder readUncommitted(boolean read) {
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
  public ConsumerOptionsBuilder allowInterceptors(boolean allow) {
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
  public ConsumerOptionsBuilder deadLetterFailure(DeadLetterFailure failure) {
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
    return new ConsumerOptions(this);
  }
}
