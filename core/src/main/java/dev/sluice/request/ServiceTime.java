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
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * The time by which claims expire: the local clock, put right by the {@code Date} header of the
 * service's replies where the two are seconds apart. A clock that runs days ahead would otherwise
 * take live claims for expired ones. Safe for use by several threads.
 */
public final class ServiceTime {
  private static final Logger log = LoggerFactory.getLogger(ServiceTime.class);
  private static final long TOLERATED_SECONDS = 5;
  private static final long REMARKABLE_SECONDS = 60;
  private static final long LOOK_EVERY_SECONDS = 10;

  private final InstantSource local;
  private volatile long skewSeconds;
  private volatile long lookAgainAt = Long.MIN_VALUE;

  /**
   * Creates the time.
   *
   * @param local the local clock
   */
  public ServiceTime(InstantSource local) {
    this.local = local;
  }

  /** {@return the service's time in epoch seconds, as far as it is known} */
  public long epochSeconds() {
    return local.instant().getEpochSecond() + skewSeconds;
  }

  void observe(@Nullable AwsResponse response, @Nullable Throwable thrown) {
    if (response != null) {
      observe(response.sdkHttpResponse());
    } else if (thrown != null
        && Failure.unwrap(thrown) instanceof AwsServiceException service
        && service.awsErrorDetails() != null) {
      observe(service.awsErrorDetails().sdkHttpResponse());
    }
  }

  private void observe(@Nullable SdkHttpResponse http) {
    long now = local.instant().getEpochSecond();
    if (http == null || now < lookAgainAt) {
      return;
    }
    Optional<String> date = http.firstMatchingHeader("Date");
    if (date.isEmpty()) {
      return;
    }
    lookAgainAt = now + LOOK_EVERY_SECONDS;
    try {
      Instant service = DateTimeFormatter.RFC_1123_DATE_TIME.parse(date.get(), Instant::from);
      set(service.getEpochSecond() - now);
    } catch (DateTimeException e) {
      log.debug("A reply carries a Date that is none.");
    }
  }

  private void set(long seconds) {
    long before = skewSeconds;
    skewSeconds = Math.abs(seconds) <= TOLERATED_SECONDS ? 0 : seconds;
    if (Math.abs(seconds) >= REMARKABLE_SECONDS && Math.abs(seconds - before) > TOLERATED_SECONDS) {
      log.warn(
          "The local clock is {} s {} the service's; claims expire by the service's. Set the clock.",
          Math.abs(seconds),
          seconds > 0 ? "behind" : "ahead of");
    }
  }
}
