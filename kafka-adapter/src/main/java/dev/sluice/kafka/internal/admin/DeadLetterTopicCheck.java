package dev.sluice.kafka.internal.admin;

import dev.sluice.kafka.internal.settings.TopicSettings;
import dev.sluice.model.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the dead-letter topic keeps dead letters. A compacted one keeps one of each key: it is
 * refused, at the start and if it becomes so later. One that deletes them after a while is warned
 * of. Safe for any thread; shared by all loops of a consumer.
 */
public final class DeadLetterTopicCheck {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterTopicCheck.class);

  /** How long the start waits for an answer; one that comes later counts as well. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration AGAIN = Duration.ofMinutes(10);
  private static final Duration AGAIN_WITHOUT_ANSWER = Duration.ofMinutes(1);
  private static final String UNLIMITED = "-1";

  private final @Nullable String topic;
  private final TopicSettings settings;
  private final InstantSource clock;
  private volatile Instant due = Instant.MAX;
  private volatile @Nullable String compactedBy;
  private String warned = "";
  private boolean saidThatNothingIsTold;

  /**
   * Asks nothing yet.
   *
   * @param topic the dead-letter topic, or null if there is none
   * @param settings whom to ask
   * @param clock the time
   */
  public DeadLetterTopicCheck(@Nullable String topic, TopicSettings settings, InstantSource clock) {
    this.topic = topic;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Asks, and waits a little for the answer.
   *
   * @throws ConfigurationException if the topic is compacted
   */
  public void atStart() {
    if (topic == null) {
      return;
    }
    try {
      var unused = look(topic).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.debug("The settings of the dead-letter topic are not known yet", e);
    }
    requireKept();
  }

  /**
   * Asks again, if it is time, and does not wait.
   *
   * @throws ConfigurationException if the topic was compacted when it answered last
   */
  public void lookIfDue() {
    requireKept();
    Instant now = clock.instant();
    if (topic != null && !now.isBefore(due) && begin(now)) {
      var unused = look(topic);
    }
  }

  /** Of several loops one asks. */
  private synchronized boolean begin(Instant now) {
    boolean first = !now.isBefore(due);
    due = Instant.MAX;
    return first;
  }

  private CompletableFuture<?> look(String name) {
    Instant now = clock.instant();
    try {
      return settings
          .of(name)
          .whenComplete((answer, failure) -> answered(name, answer, failure, now))
          .toCompletableFuture();
    } catch (RuntimeException e) {
      answered(name, null, e, now);
      return CompletableFuture.completedFuture(null);
    }
  }

  private synchronized void answered(
      String name,
      @Nullable Map<String, String> answer,
      @Nullable Throwable failure,
      Instant askedAt) {
    due = askedAt.plus(answer == null ? AGAIN_WITHOUT_ANSWER : AGAIN);
    if (answer != null) {
      judge(name, answer);
    } else if (mayNotAsk(failure) && !saidThatNothingIsTold) {
      saidThatNothingIsTold = true;
      log.warn(
          "It is not known whether dead-letter topic {} keeps dead letters, since this user may not describe it: grant DescribeConfigs on it, or see to it that its cleanup.policy is delete and its retention.ms is -1",
          name);
    } else {
      log.debug("The settings of dead-letter topic {} are not known", name, failure);
    }
  }

  private void judge(String name, Map<String, String> answer) {
    String policy = answer.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "");
    compactedBy = policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT) ? policy : null;
    String limits =
        Stream.of(TopicConfig.RETENTION_MS_CONFIG, TopicConfig.RETENTION_BYTES_CONFIG)
            .filter(each -> !answer.getOrDefault(each, UNLIMITED).equals(UNLIMITED))
            .map(each -> each + "=" + answer.get(each))
            .collect(Collectors.joining(", "));
    boolean deletes = policy.contains(TopicConfig.CLEANUP_POLICY_DELETE) && !limits.isEmpty();
    if (deletes && !limits.equals(warned)) {
      log.warn(
          "Dead-letter topic {} deletes dead letters ({}): those that are not replayed by then are lost. Set these to -1 on it, or replay in time",
          name,
          limits);
    }
    warned = limits;
  }

  private static boolean mayNotAsk(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof AuthorizationException;
  }

  private void requireKept() {
    String policy = compactedBy;
    if (policy != null) {
      throw new ConfigurationException(
          "Dead-letter topic %s is compacted (cleanup.policy=%s): it would keep one dead letter of each key and take none without a key, and events would be lost. Set its cleanup.policy to delete, or name another topic."
              .formatted(topic, policy));
    }
  }

  /** Ends what is still being asked; nothing is asked after it. */
  public void close() {
    settings.close();
  }
}
