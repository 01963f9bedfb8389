package dev.sluice.request;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.SystemException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/**
 * One question about a table at the start of a writer, repeated while what stands in its way may
 * pass: throttles, failures of the service, answers that do not come, a table that is not ready
 * yet. What does not pass by itself ends it at once.
 *
 * @param <R> the answer
 */
final class StartQuestion<R extends AwsResponse> {
  private static final Logger log = LoggerFactory.getLogger(StartQuestion.class);

  /** So long an answer may take before the question is asked again. */
  private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(5);

  /** Nobody at an endpoint is mostly a wrong one: so great a part of the start is given to it. */
  private static final int UNREACHED_PART = 10;

  private final String table;
  private final String operation;
  private final Supplier<CompletableFuture<R>> request;
  private final Function<R, @Nullable String> unready;
  private final StartTime start;
  private final ServiceTime time;
  private Duration attemptedAt = Duration.ZERO;
  // What was left of the start when the first attempt began that had no answer, up to now.
  private @Nullable Duration silentSince;
  private boolean wasUnreached;
  private @Nullable String lastUnready;

  /**
   * Creates the question.
   *
   * @param table the table
   * @param operation the operation, as a permission names it
   * @param request asks it
   * @param unready what is waited for by an answer, or null if it can be taken
   * @param start the time that is left
   * @param time put right by the answers
   */
  StartQuestion(
      String table,
      String operation,
      Supplier<CompletableFuture<R>> request,
      Function<R, @Nullable String> unready,
      StartTime start,
      ServiceTime time) {
    this.table = table;
    this.operation = operation;
    this.request = request;
    this.unready = unready;
    this.start = start;
    this.time = time;
  }

  /**
   * Asks until there is an answer.
   *
   * @return the answer
   * @throws ConfigurationException if there is no such table
   * @throws SystemException if there is no answer in time, or something else does not pass
   */
  R ask() {
    for (int attempt = 1; ; attempt++) {
      attemptedAt = start.left();
      CompletableFuture<R> sent = send();
      try {
        R answer = start.await(sent, shorter(start.left(), LONGEST_ATTEMPT));
        time.observe(answer, null);
        lastUnready = unready.apply(answer);
        if (lastUnready == null) {
          return answer;
        }
        answered();
        waitOn(attempt, new Failure(Failure.Kind.PASSING, lastUnready, null));
      } catch (ExecutionException e) {
        waitOn(attempt, failure(e.getCause() == null ? e : e.getCause()));
      } catch (CancellationException | TimeoutException e) {
        sent.cancel(true);
        waitOn(attempt, Failure.noAnswer());
      } catch (InterruptedException e) {
        sent.cancel(true);
        throw interrupted(e);
      }
    }
  }

  private CompletableFuture<R> send() {
    try {
      return request.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** What a failure means; some end the start by themselves. */
  private Failure failure(Throwable thrown) {
    Throwable cause = Failure.unwrap(thrown);
    time.observe(null, cause);
    if (cause instanceof ResourceNotFoundException) {
      if (lastUnready != null) {
        // It was there a moment ago: what describes tables is not always up to date.
        return new Failure(Failure.Kind.PASSING, lastUnready, cause);
      }
      throw new ConfigurationException(
          "There is no table '"
              + table
              + "' in this client's account and region; create it first, or mend the name, the"
              + " region or the endpoint.");
    }
    Failure failure = Failure.of(cause);
    if (failure.isOfContent()) {
      throw new ConfigurationException(
          "'" + table + "' is not a name that a DynamoDB table can have; mend it.");
    }
    return failure;
  }

  /** Waits before the next attempt; throws if there is none. */
  private void waitOn(int attempt, Failure failure) {
    boolean mayPass =
        switch (failure.kind()) {
          case THROTTLED, PASSING, UNKNOWN, SYSTEM_IF_LASTING -> !isUnreached(failure);
          case RECORD, SYSTEM -> false;
        };
    if (!mayPass) {
      throw new SystemException(
          "The table '"
              + table
              + "' could not be described: "
              + failure.code()
              + (failure.isDenied() ? ". Permit dynamodb:" + operation + '.' : ".")
              + " Check credentials, region and endpoint.",
          failure.code(),
          failure.cause());
    }
    if (start.left().isNegative() || start.left().isZero()) {
      throw tooLate(failure);
    }
    log.debug("Table {}: {} is asked again after {}.", table, operation, failure.code());
    try {
      start.pause(attempt);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Whether nobody has been found at the endpoint for too long. */
  private boolean isUnreached(Failure failure) {
    boolean unreached = false;
    for (Throwable at = failure.cause(); at != null && !unreached; at = at.getCause()) {
      unreached =
          at instanceof ConnectException
              || at instanceof NoRouteToHostException
              || at instanceof UnknownHostException;
    }
    if (failure.isAnswered()) {
      answered();
      return false;
    }
    if (silentSince == null) {
      silentSince = attemptedAt;
    }
    // A client that found nobody once may just as well wait for a connection the next time.
    wasUnreached |= unreached;
    Duration silent = silentSince.minus(start.left());
    return wasUnreached && silent.compareTo(start.whole().dividedBy(UNREACHED_PART)) >= 0;
  }

  private void answered() {
    silentSince = null;
    wasUnreached = false;
  }

  private SystemException tooLate(Failure last) {
    boolean isThere = lastUnready != null && lastUnready.equals(last.code());
    return new SystemException(
        isThere
            ? "The table '"
                + table
                + "' is still "
                + last.code()
                + " after "
                + start.whole()
                + " (startTimeout); start again once it is ACTIVE, or raise startTimeout."
            : "The table '"
                + table
                + "' could not be described within "
                + start.whole()
                + " (startTimeout); the last failure was "
                + last.code()
                + ". Check the client's endpoint, network, credentials and clock, or raise"
                + " startTimeout.",
        last.code(),
        last.cause());
  }

  private SystemException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new SystemException(
        "Interrupted while describing the table '" + table + "'.", "Interrupted", e);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
