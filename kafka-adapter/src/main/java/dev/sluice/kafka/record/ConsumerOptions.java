package dev.sluice.kafka.record;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the limits and times of a consumer. Immutable; made by {@link #builder()}, whose methods
 * say what each option is for.
 */
public final class ConsumerOptions {

  /** What to do when the dead-letter topic does not take a record. */
  public enum DeadLetterFailure {
    /**
     * Pause the partitions whose records it does not take, try again for as long as it takes, and
     * say so in {@linkplain ConsumerHealth health} and metrics. Other partitions go on.
     */
    PAUSE,
    /**
     * Stop the consumer with the reason: at once if it will not pass by itself (the record is too
     * large, access is denied), else when the topic has taken nothing for two minutes.
     */
    STOP
  }

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  private final ConsumerOptionsBuilder values;

  /**
   * Copies and checks what a builder holds.
   *
   * @throws IllegalArgumentException if an option is out of its range, or two contradict each other
   */
  ConsumerOptions(ConsumerOptionsBuilder builder) {
    this.values = new ConsumerOptionsBuilder(builder);
    atLeastOne("maxOpenRecords", values.maxOpenRecords);
    atLeastOne("maxOpenBytes", values.maxOpenBytes);
    atLeastOne("maxOffsetSpan", values.maxOffsetSpan);
    between("commitInterval", values.commitInterval);
    between("commitTimeout", values.commitTimeout);
    between("drainTimeout", values.drainTimeout);
    between("pollTimeout", values.pollTimeout);
    between("retryBackoffMin", values.retryBackoffMin);
    between("retryBackoffMax", values.retryBackoffMax);
    atLeastOne("commitRecords", values.commitRecords);
    between("lagInterval", values.lagInterval);
    between("maxRecordAge", values.maxRecordAge);
    requireNonNull(values.deadLetterFailure, "deadLetterFailure");
    if (values.eventTimeHeader != null && values.eventTimeHeader.isBlank()) {
      throw new IllegalArgumentException(
          "eventTimeHeader is blank; it must be a header's name, or absent");
    }
    if (values.maxOffsetSpan < values.maxOpenRecords) {
      throw new IllegalArgumentException(
          "maxOffsetSpan is %d; it must be at least maxOpenRecords, which is %d"
              .formatted(values.maxOffsetSpan, values.maxOpenRecords));
    }
    if (values.retryBackoffMax.compareTo(values.retryBackoffMin) < 0) {
      throw new IllegalArgumentException(
          "retryBackoffMax is %s; it must be at least retryBackoffMin, which is %s"
              .formatted(values.retryBackoffMax, values.retryBackoffMin));
    }
  }

  /** {@return the defaults} */
  public static ConsumerOptions defaults() {
    return builder().build();
  }

  /** {@return a builder that holds the defaults} */
  public static ConsumerOptionsBuilder builder() {
    return new ConsumerOptionsBuilder();
  }

  /** {@return a builder that holds these options} */
  public ConsumerOptionsBuilder toBuilder() {
    return new ConsumerOptionsBuilder(values);
  }

  /**
   * The options of one of several loops that share the memory.
   *
   * @param loops how many, 1 or more
   * @return the same, but with an even share of {@code maxOpenBytes}
   */
  public ConsumerOptions shareOf(int loops) {
    return toBuilder().maxOpenBytes(Math.max(1, maxOpenBytes() / loops)).build();
  }

  /** {@return records of one partition in work before it is paused} */
  public int maxOpenRecords() {
    return values.maxOpenRecords;
  }

  /** {@return bytes of all records in work, shared evenly by the partitions owned} */
  public long maxOpenBytes() {
    return values.maxOpenBytes;
  }

  /** {@return how far reading may run ahead of the committed offset} */
  public long maxOffsetSpan() {
    return values.maxOffsetSpan;
  }

  /** {@return the time between two commits} */
  public Duration commitInterval() {
    return values.commitInterval;
  }

  /** {@return how long a commit may take where the loop has to wait for it} */
  public Duration commitTimeout() {
    return values.commitTimeout;
  }

  /** {@return how long a rebalance may be held up for what is in flight} */
  public Duration drainTimeout() {
    return values.drainTimeout;
  }

  /** {@return how long one poll waits when there is nothing else to do} */
  public Duration pollTimeout() {
    return values.pollTimeout;
  }

  /** {@return the ceiling of the first wait before something is tried again} */
  public Duration retryBackoffMin() {
    return values.retryBackoffMin;
  }

  /** {@return the ceiling of all later waits} */
  public Duration retryBackoffMax() {
    return values.retryBackoffMax;
  }

  /** {@return records done since the last commit that bring the next one about} */
  public int commitRecords() {
    return values.commitRecords;
  }

  /** {@return the time between two looks at the ends of the partitions} */
  public Duration lagInterval() {
    return values.lagInterval;
  }

  /** {@return how old a record in work may be before the consumer is not healthy} */
  public Duration maxRecordAge() {
    return values.maxRecordAge;
  }

  /** {@return the header that says when an event happened, or null for the timestamp} */
  public @Nullable String eventTimeHeader() {
    return values.eventTimeHeader;
  }

  /** {@return whether transactions that are open or aborted are read} */
  public boolean readUncommitted() {
    return values.readUncommitted;
  }

  /** {@return whether interceptors of the Kafka consumer may be set} */
  public boolean allowInterceptors() {
    return values.allowInterceptors;
  }

  /** {@return what to do when the dead-letter topic does not take a record} */
  public DeadLetterFailure deadLetterFailure() {
    return values.deadLetterFailure;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConsumerOptions options && all().equals(options.all());
  }

  @Override
  public int hashCode() {
    return all().hashCode();
  }

  /** {@return all options by their names} */
  @Override
  public String toString() {
    return "ConsumerOptions" + all();
  }

  private Map<String, @Nullable Object> all() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("maxOpenRecords", values.maxOpenRecords);
    all.put("maxOpenBytes", values.maxOpenBytes);
    all.put("maxOffsetSpan", values.maxOffsetSpan);
    all.put("commitInterval", values.commitInterval);
    all.put("commitTimeout", values.commitTimeout);
    all.put("drainTimeout", values.drainTimeout);
    all.put("pollTimeout", values.pollTimeout);
    all.put("retryBackoffMin", values.retryBackoffMin);
    all.put("retryBackoffMax", values.retryBackoffMax);
    all.put("commitRecords", values.commitRecords);
    all.put("lagInterval", values.lagInterval);
    all.put("maxRecordAge", values.maxRecordAge);
    all.put("eventTimeHeader", values.eventTimeHeader);
    all.put("readUncommitted", values.readUncommitted);
    all.put("allowInterceptors", values.allowInterceptors);
    all.put("deadLetterFailure", values.deadLetterFailure);
    return all;
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
}
