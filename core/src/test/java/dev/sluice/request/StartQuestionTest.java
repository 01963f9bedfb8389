package dev.sluice.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.model.SystemException;
import dev.sluice.model.Table;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveResponse;

/** How long a question is asked for at the start, in time of the test's own. */
class StartQuestionTest {
  private static final DescribeTableResponse ANSWER = DescribeTableResponse.builder().build();

  private final Passing start = new Passing();
  private final Deque<CompletableFuture<DescribeTableResponse>> answers = new ArrayDeque<>();

  /** Time that passes only while it is waited. */
  private static final class Passing implements StartTime {
    private Duration passed = Duration.ZERO;

    @Override
    public Duration whole() {
      return Duration.ofSeconds(30);
    }

    @Override
    public Duration left() {
      return whole().minus(passed);
    }

    @Override
    public <R> R await(CompletableFuture<R> answer, Duration most)
        throws ExecutionException, TimeoutException, InterruptedException {
      if (!answer.isDone()) {
        passed = passed.plus(most);
        throw new TimeoutException();
      }
      return answer.get();
    }

    @Override
    public void pause(int failures) {
      Duration pause = Duration.ofMillis(Math.min(2_000, 25L << Math.min(failures, 20)));
      passed = passed.plus(pause.compareTo(left()) < 0 ? pause : left());
    }
  }

  private DescribeTableResponse ask() {
    return new StartQuestion<>(
            "data",
            "DescribeTable",
            () -> answers.size() == 1 ? answers.element() : answers.remove(),
            answer -> null,
            start,
            new ServiceTime(InstantSource.system()))
        .ask();
  }

  private void assertRejectedWith(String code) {
    assertThatExceptionOfType(SystemException.class)
        .isThrownBy(this::ask)
        .satisfies(rejected -> assertThat(rejected.errorCode()).isEqualTo(code));
  }

  @Test
  void anAnswerThatDoesNotComeIsAskedForAgain() {
    answers.addAll(List.of(new CompletableFuture<>(), CompletableFuture.completedFuture(ANSWER)));

    assertThat(ask()).isSameAs(ANSWER);
    assertThat(start.passed).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
  }

  @Test
  void whatNeverPassesEndsWithTheStart() {
    answers.add(
        CompletableFuture.failedFuture(
            SdkClientException.builder()
                .message("reset")
                .cause(new IOException("reset"))
                .numAttempts(1)
                .build()));

    assertRejectedWith("SdkClientException");
    assertThat(start.passed).isEqualTo(start.whole());
  }

  @Test
  void credentialsAreWaitedForAsLongAsTheStartLasts() {
    answers.add(CompletableFuture.failedFuture(SdkClientException.create("no credentials")));

    assertRejectedWith("SdkClientException");
    assertThat(start.passed).isEqualTo(start.whole());
  }

  @Test
  void anEndpointWhereNobodyIsFoundIsNotWaitedForLong() {
    answers.add(
        CompletableFuture.failedFuture(
            SdkClientException.create("rejected", new ConnectException("rejected"))));

    assertRejectedWith("SdkClientException");
    assertThat(start.passed).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(6));
  }

  @Test
  void howItemsExpireHoldsTheStartUpForMomentsOnly() {
    ExpirySettings expiries = new ExpirySettings(new Silent(), start);
    for (int i = 0; i < 7; i++) {
      expiries.ask(Table.named("data-" + i));
    }
    expiries.warn();

    assertThat(start.passed).isEqualTo(Duration.ofSeconds(2));
  }

  private static final class Silent implements DynamoDbAsyncClient {
    @Override
    public CompletableFuture<DescribeTimeToLiveResponse> describeTimeToLive(
        DescribeTimeToLiveRequest request) {
      return new CompletableFuture<>();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }
}
