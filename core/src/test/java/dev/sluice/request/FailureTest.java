package dev.sluice.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.request.Failure.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.internal.AwsErrorCode;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.Crc32MismatchException;
import software.amazon.awssdk.core.exception.NonRetryableException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingReason;

/** Failures are told by class and code; what their messages say never matters. */
class FailureTest {
  private static final String MISLEADING =
      "ThrottlingException: ValidationException, AccessDenied, InternalServerError 4711";

  private static DynamoDbException service(String code, int status) {
    return (DynamoDbException)
        DynamoDbException.builder()
            .message(MISLEADING)
            .statusCode(status)
            .awsErrorDetails(
                code == null
                    ? null
                    : AwsErrorDetails.builder().errorCode(code).errorMessage(MISLEADING).build())
            .build();
  }

  @ParameterizedTest
  @CsvSource({
    "ProvisionedThroughputExceededException, 400, THROTTLED",
    "ThrottlingException, 400, THROTTLED",
    "RequestLimitExceeded, 400, THROTTLED",
    "SomethingNew, 429, THROTTLED",
    "TransactionConflictException, 400, PASSING",
    "ReplicatedWriteConflictException, 400, PASSING",
    "ValidationException, 400, RECORD",
    "ItemCollectionSizeLimitExceededException, 400, RECORD",
    "SerializationException, 400, RECORD",
    "SomethingNew, 413, RECORD",
    "InternalServerError, 500, UNKNOWN",
    "ServiceUnavailable, 503, UNKNOWN",
    "SomethingNew, 502, UNKNOWN",
    "SomethingNew, 408, UNKNOWN",
    "UnrecognizedClientException, 400, SYSTEM_IF_LASTING",
    "ExpiredTokenException, 400, SYSTEM_IF_LASTING",
    "MissingAuthenticationTokenException, 400, SYSTEM_IF_LASTING",
    "SomethingNew, 400, SYSTEM_IF_LASTING",
    "SomethingNew, 302, SYSTEM_IF_LASTING",
    "AccessDeniedException, 400, SYSTEM",
    "ResourceNotFoundException, 400, SYSTEM",
    "UnknownOperationException, 400, SYSTEM"
  })
  void anErrorCodeDecides(String code, int status, Kind kind) {
    Failure failure = Failure.of(service(code, status));

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure).hasToString(code);
    assertThat(Failure.of(new CompletionException(service(code, status))))
        .extracting(Failure::kind)
        .isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "ProvisionedThroughputExceeded, THROTTLED",
    "ThrottlingError, THROTTLED",
    "RequestLimitExceeded, THROTTLED",
    "TransactionConflict, PASSING",
    "ReplicatedWriteConflict, PASSING",
    "ValidationError, RECORD",
    "ItemCollectionSizeLimitExceeded, RECORD",
    "InternalServerError, UNKNOWN",
    "SomethingNew, SYSTEM_IF_LASTING",
    "AccessDenied, SYSTEM",
    "ResourceNotFound, SYSTEM"
  })
  void aStatementsCodeDecidesToo(String code, Kind kind) {
    assertThat(Failure.ofPart(code).kind()).isEqualTo(kind);
  }

  @Test
  void whereThereIsNoCodeTheStatusDecides() {
    assertThat(Failure.of(service(null, 503)).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(Failure.of(service(null, 503)).code()).isEqualTo("HTTP 503");
    assertThat(Failure.of(service(null, 429)).kind()).isEqualTo(Kind.THROTTLED);
    assertThat(Failure.of(service(null, 403)).kind()).isEqualTo(Kind.SYSTEM_IF_LASTING);
    assertThat(Failure.ofPart(null).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(Failure.ofPart(null).code()).isEqualTo("NoErrorCode");
  }

  @Test
  void noCodeThatTheSdkRetriesStopsTheWriterAtOnce() {
    Set<String> retried = new TreeSet<>();
    retried.addAll(AwsErrorCode.THROTTLING_ERROR_CODES);
    retried.addAll(AwsErrorCode.RETRYABLE_ERROR_CODES);
    retried.addAll(AwsErrorCode.DEFINITE_CLOCK_SKEW_ERROR_CODES);
    retried.addAll(AwsErrorCode.POSSIBLE_CLOCK_SKEW_ERROR_CODES);
    assertThat(retried).hasSizeGreaterThan(20);

    for (String code : retried) {
      Failure failure = Failure.of(service(code, 400));
      assertThat(failure.kind().isFinal()).as(code).isFalse();
      if (AwsErrorCode.isThrottlingErrorCode(code) && !code.startsWith("TransactionInProgress")) {
        assertThat(failure.kind()).as(code).isEqualTo(Kind.THROTTLED);
      }
    }
  }

  /** An exception of another service: a credentials provider's, or an interceptor's. */
  private static AwsServiceException otherService(String code, int status) {
    return AwsServiceException.builder()
        .message(MISLEADING)
        .statusCode(status)
        .awsErrorDetails(
            AwsErrorDetails.builder().serviceName("Sts").errorCode(code).errorMessage("").build())
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "ValidationError, 400",
    "ValidationException, 400",
    "Throttling, 400",
    "ThrottlingException, 429",
    "AccessDenied, 403",
    "AccessDeniedException, 400",
    "ResourceNotFoundException, 404",
    "ConditionalCheckFailedException, 400",
    "PackedPolicyTooLarge, 413",
    "InternalFailure, 500"
  })
  void noCodeOfAnotherServiceSaysAnythingOfARecordOrATable(String code, int status) {
    AwsServiceException other = otherService(code, status);
    for (Throwable thrown :
        new Throwable[] {
          other,
          new CompletionException(other),
          new ExecutionException(other),
          SdkClientException.create(MISLEADING, other),
          SdkClientException.create(MISLEADING, new IllegalStateException(MISLEADING, other))
        }) {
      Failure failure = Failure.of(thrown);

      assertThat(failure.kind()).isEqualTo(Kind.SYSTEM_IF_LASTING);
      assertThat(failure.isDenied()).isFalse();
      assertThat(failure.isOfOperation()).isFalse();
      assertThat(failure.isOfContent()).isFalse();
    }
  }

  @Test
  void credentialsThatCannotBeLoadedAreTheSystemsInTheEnd() {
    for (Throwable thrown :
        new Throwable[] {
          // As a chain of providers reports that none has any.
          SdkClientException.create("Unable to load credentials from any of the providers"),
          SdkClientException.create(MISLEADING, new IllegalStateException(MISLEADING)),
          // As the providers of instances and containers report that nobody answers them.
          SdkClientException.create("", new UncheckedIOException(new ConnectException(""))),
          SdkClientException.create("", new ConnectException("")),
          // As the provider of a process reports that there is none.
          SdkClientException.create("", new IllegalStateException(new IOException(""))),
          SdkClientException.create(MISLEADING, new RejectedExecutionException(MISLEADING)),
          NonRetryableException.create(MISLEADING, new IllegalArgumentException(MISLEADING))
        }) {
      assertThat(Failure.of(thrown).kind()).isEqualTo(Kind.SYSTEM_IF_LASTING);
      assertThat(Failure.of(thrown).mayBeApplied()).isTrue();
    }
  }

  /** As the SDK reports what happens once a request has been sent. */
  private static SdkClientException attempted(Throwable cause) {
    return SdkClientException.builder().message(MISLEADING).cause(cause).numAttempts(1).build();
  }

  @Test
  void whatBreaksOnTheWayIsUnknown() {
    for (Throwable broken :
        new Throwable[] {
          attempted(new IOException(MISLEADING)),
          SdkClientException.create(
              MISLEADING, SdkClientException.create("", new UnknownHostException(MISLEADING))),
          attempted(new UncheckedIOException(new IOException(""))),
          attempted(new Throwable("connection acquisition")),
          attempted(new TimeoutException(MISLEADING)),
          ApiCallTimeoutException.create(7),
          ApiCallAttemptTimeoutException.create(7),
          AbortedException.create(MISLEADING),
          Crc32MismatchException.create(MISLEADING, null),
          RetryableException.create(MISLEADING),
          new IOException(MISLEADING),
          new TimeoutException(MISLEADING),
          new CancellationException(MISLEADING)
        }) {
      Failure failure = Failure.of(new CompletionException(new CompletionException(broken)));
      assertThat(failure.kind()).isEqualTo(Kind.UNKNOWN);
      assertThat(failure.mayBeApplied()).isTrue();
      assertThat(failure.code()).isEqualTo(broken.getClass().getSimpleName());
    }
    assertThat(Failure.noAnswer().kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void onlyAnAnswerSaysThatNothingWasApplied() {
    assertThat(Failure.of(service("ExpiredTokenException", 400)).mayBeApplied()).isFalse();
    assertThat(Failure.of(service("ThrottlingException", 400)).mayBeApplied()).isFalse();
    assertThat(Failure.of(service("ValidationException", 400)).mayBeApplied()).isFalse();
    assertThat(Failure.of(service("InternalServerError", 500)).mayBeApplied()).isTrue();
    for (int status : new int[] {302, 403, 404, 413}) {
      assertThat(Failure.of(service(null, status)).mayBeApplied()).isTrue();
      assertThat(Failure.of(service(null, status)).kind()).isEqualTo(Kind.SYSTEM_IF_LASTING);
    }
    assertThat(Failure.of(otherService("ExpiredTokenException", 400)).mayBeApplied()).isTrue();
  }

  @Test
  void whatIsNoRequestsFailureStopsVisibly() {
    assertThat(Failure.of(new IllegalStateException(MISLEADING)).kind()).isEqualTo(Kind.SYSTEM);
    assertThat(Failure.of(new CompletionException(null)).kind()).isEqualTo(Kind.SYSTEM);
  }

  private static DynamoDbException throttled(String... reasonsAndResources) {
    List<ThrottlingReason> reasons = new ArrayList<>();
    for (int i = 0; i < reasonsAndResources.length; i += 2) {
      reasons.add(
          ThrottlingReason.builder()
              .reason(reasonsAndResources[i])
              .resource(reasonsAndResources[i + 1])
              .build());
    }
    return ThrottlingException.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode("ThrottlingException").build())
        .throttlingReasons(reasons)
        .build();
  }

  @Test
  void aThrottleIsOfTheRangeOfKeysThatItNames() {
    String table = "arn:aws:dynamodb:eu-central-1:1:table/orders";
    Failure ofTable = Failure.of(throttled("TableWriteKeyRangeThroughputExceeded", table));
    Failure ofIndex =
        Failure.of(throttled("IndexWriteKeyRangeThroughputExceeded", table + "/index/by-name"));
    Failure ofBoth =
        Failure.of(
            throttled(
                "IndexWriteKeyRangeThroughputExceeded", table + "/index/by-name",
                "IndexWriteProvisionedThroughputExceeded", table + "/index/by-name"));
    Failure ofNone = Failure.of(throttled());

    assertThat(Failure.of(throttled("IndexWriteKeyRangeThroughputExceeded", null)).isOfRange(""))
        .isFalse();
    assertThat(ofTable.limit()).isEqualTo(Failure.Limit.KEY_RANGE);
    assertThat(ofTable.isOfRange("")).isTrue();
    assertThat(ofTable.isOfRange("by-name")).isFalse();
    assertThat(ofIndex.limit()).isEqualTo(Failure.Limit.KEY_RANGE);
    assertThat(ofIndex.isOfRange("by-name")).isTrue();
    assertThat(ofIndex.isOfRange("by-date")).isFalse();
    assertThat(ofIndex.isOfRange("")).isFalse();
    assertThat(ofBoth.limit()).isEqualTo(Failure.Limit.TABLE);
    assertThat(ofNone.limit()).isEqualTo(Failure.Limit.UNKNOWN);
    assertThat(ofNone.isOfRange("by-name")).isTrue();
  }
}
