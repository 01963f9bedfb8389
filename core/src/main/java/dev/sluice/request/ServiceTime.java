package dev.sluice.request;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * The time by which claims and items expire. There are two clocks: the local one, and the service's
 * as its own answers tell it in their {@code Date}. Neither is trusted alone: something has expired
 * once the earlier of them says so, and is kept by the later.
 *
 * <p>The service's time is carried on by a clock that nobody sets, so that setting the local clock
 * does not change it. An answer that does not fit what is known counts beside it at first, always
 * to the safe side. A second one that fits the first, and came so much later that a {@code Date}
 * that stands still would not, replaces what was known. What stands between the writer and the
 * service is not believed. Safe for use by several threads.
 */
public final class ServiceTime {
  /** No answer has been heard lately; nothing has expired before this time. */
  static final long UNKNOWN = 0;

  private static final Logger log = LoggerFactory.getLogger(ServiceTime.class);
  private static final long TOLERATED_SECONDS = 5;
  private static final long REMARKABLE_SECONDS = 60;
  private static final long LOOK_EVERY_SECONDS = 10;

  /** More than is tolerated: a {@code Date} that is repeated does not confirm itself. */
  private static final long CONFIRM_AFTER_SECONDS = 10;

  private final InstantSource local;
  private final InstantSource steady;
  private volatile boolean heard;
  private volatile @Nullable Reading known;
  private volatile @Nullable Reading jump;
  private volatile long lookAgainAt = Long.MIN_VALUE;
  private long saidSeconds;

  /**
   * The service's time in an answer.
   *
   * @param service what the answer says, in epoch seconds
   * @param readAt when it came, by the steady clock in seconds
   */
  private record Reading(long service, long readAt) {
    long at(long now) {
      return service + (now - readAt);
    }

    boolean agrees(Reading later) {
      return Math.abs(at(later.readAt) - later.service) <= TOLERATED_SECONDS;
    }
  }

  /**
   * What a request goes by.
   *
   * @param earliest by what to judge whether something has expired, in epoch seconds
   * @param latest by what to write when something is to expire, in epoch seconds
   */
  record Moment(long earliest, long latest) {}

  /**
   * Creates the time.
   *
   * @param local the local clock; it may be set
   * @param steady carries the service's time on; it never runs backwards
   */
  public ServiceTime(InstantSource local, InstantSource steady) {
    this.local = local;
    this.steady = steady;
  }

  /**
   * Creates the time by a clock that nobody sets.
   *
   * @param local the local clock
   */
  public ServiceTime(InstantSource local) {
    this(local, local);
  }

  /**
   * By what to judge whether something has expired.
   *
   * @return the earliest time that it may be, in epoch seconds; {@link #UNKNOWN} before the first
   *     answer of the service, and after a while without one: a clock may have been set meanwhile
   */
  public long earliestSeconds() {
    if (!heard || (known != null && steadySeconds() > lookAgainAt + TOLERATED_SECONDS)) {
      return UNKNOWN;
    }
    long now = local.instant().getEpochSecond();
    return Math.min(now, Math.min(apart(known, now), apart(jump, now)));
  }

  /**
   * By what to write when something is to expire.
   *
   * @return the latest time that it may be, in epoch seconds
   */
  public long latestSeconds() {
    long now = local.instant().getEpochSecond();
    return Math.max(now, Math.max(apart(known, now), apart(jump, now)));
  }

  /** {@return what a request that is built now goes by} */
  Moment moment() {
    return new Moment(earliestSeconds(), latestSeconds());
  }

  /** {@return the service's time in epoch seconds, as far as it is known} */
  public long epochSeconds() {
    return apart(known, local.instant().getEpochSecond());
  }

  /** {@return whether a time, in epoch seconds, has passed by every clock} */
  boolean hasPassed(long epochSeconds) {
    return epochSeconds < earliestSeconds();
  }

  /** {@return whether a time has passed by now that had not for a request} */
  boolean hasPassedSince(Moment sent, long epochSeconds) {
    return epochSeconds >= sent.earliest && hasPassed(epochSeconds);
  }

  /** What a reading says now, or the local time if the two are only seconds apart. */
  private long apart(@Nullable Reading reading, long now) {
    if (reading == null) {
      return now;
    }
    long service = reading.at(steadySeconds());
    return Math.abs(service - now) <= TOLERATED_SECONDS ? now : service;
  }

  void observe(@Nullable AwsResponse response, @Nullable Throwable thrown) {
    if (response != null) {
      look(response.sdkHttpResponse());
      heard = true;
    } else if (thrown != null
        && Failure.unwrap(thrown) instanceof DynamoDbException error
        && isOfTheService(error)) {
      look(error.awsErrorDetails() == null ? null : error.awsErrorDetails().sdkHttpResponse());
      heard = true;
    }
  }

  /**
   * Whether an error was made by the service and not by a proxy, gateway or portal before it: a
   * modelled one that only a look at items yields, or that names the service's request.
   */
  private static boolean isOfTheService(DynamoDbException error) {
    if (error instanceof ConditionalCheckFailedException
        || error instanceof TransactionCanceledException) {
      return true;
    }
    return error.getClass() != DynamoDbException.class && error.requestId() != null;
  }

  private void look(@Nullable SdkHttpResponse http) {
    long now = steadySeconds();
    if (http == null || (jump == null && now < lookAgainAt)) {
      return;
    }
    Optional<String> date = http.firstMatchingHeader("Date");
    if (date.isEmpty()) {
      return;
    }
    try {
      Instant service = DateTimeFormatter.RFC_1123_DATE_TIME.parse(date.get(), Instant::from);
      settle(new Reading(service.getEpochSecond(), now));
      lookAgainAt = now + LOOK_EVERY_SECONDS;
    } catch (DateTimeException e) {
      log.debug("A reply carries a Date that is none.");
    }
  }

  private synchronized void settle(Reading answer) {
    Reading before = known;
    Reading other = jump;
    if (before != null && !before.agrees(answer)) {
      if (other == null || !other.agrees(answer)) {
        jump = answer;
        return;
      }
      if (answer.readAt - other.readAt < CONFIRM_AFTER_SECONDS) {
        return;
      }
    }
    known = answer;
    jump = null;
    say(answer.service - local.instant().getEpochSecond());
  }

  private void say(long seconds) {
    if (Math.abs(seconds) >= REMARKABLE_SECONDS
        && Math.abs(seconds - saidSeconds) > TOLERATED_SECONDS) {
      log.warn(
          "The local clock is {} s {} the service's; claims are kept by the later of the two, and"
              + " taken over by the earlier. Set the clock.",
          Math.abs(seconds),
          seconds > 0 ? "behind" : "ahead of");
    }
    saidSeconds = seconds;
  }

  private long steadySeconds() {
    return steady.instant().getEpochSecond();
  }
}
