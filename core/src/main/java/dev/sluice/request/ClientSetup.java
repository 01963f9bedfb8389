package dev.sluice.request;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * Looks at how the client was set up, and warns once of what works against the writer.
 *
 * <p>The client's own retries hide throttles from the writer, multiply the requests under one of
 * its permits, and wait where others could go first; the writer retries by itself, by what may be
 * retried. A timeout of the client's that is shorter than the writer's makes requests unknown that
 * would have been answered.
 */
public final class ClientSetup {
  private static final Logger log = LoggerFactory.getLogger(ClientSetup.class);
  private static final int FEW_ATTEMPTS = 2;

  private ClientSetup() {}

  /**
   * Warns if the client is set up against the writer.
   *
   * @param client the client
   * @param requestTimeout how long the writer waits for a request
   */
  public static void check(DynamoDbAsyncClient client, Duration requestTimeout) {
    ClientOverrideConfiguration setup;
    try {
      setup = client.serviceClientConfiguration().overrideConfiguration();
    } catch (UnsupportedOperationException e) {
      // A client of somebody's own that does not say.
      return;
    }
    Optional<Integer> attempts;
    try {
      attempts = setup.retryStrategy().map(RetryStrategy::maxAttempts);
    } catch (LinkageError older) {
      // Before 2.26 an SDK has no retry strategies; how often it tries, it does not say.
      return;
    }
    if (attempts.isEmpty() || attempts.get() > FEW_ATTEMPTS) {
      log.warn(
          "The DynamoDB client makes {} attempts of its own for each request, which hides throttles"
              + " from the writer and multiplies requests. Build it with"
              + " overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry())).",
          attempts.map(Object::toString).orElse("several"));
    }
    Optional<Duration> timeout = setup.apiCallAttemptTimeout();
    if (timeout.isPresent() && timeout.get().compareTo(requestTimeout) < 0) {
      log.warn(
          "The DynamoDB client gives up an attempt after {}, before the writer's requestTimeout of"
              + " {}: what would have been answered becomes unknown. Set it to at least that.",
          timeout.get(),
          requestTimeout);
    }
  }
}
