package dev.sluice.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.request.Failure.Kind;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

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
    "AccessDeniedException, 400, SYSTEM",
    "ResourceNotFoundException, 400, SYSTEM",
    "UnrecognizedClientException, 400, SYSTEM",
    "ExpiredTokenException, 400, SYSTEM",
    "SomethingNew, 400, SYSTEM"
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
    "ValidationError, RECORD",
    "ItemCollectionSizeLimitExceeded, RECORD",
    "InternalServerError, UNKNOWN",
    "AccessDenied, SYSTEM",
    "ResourceNotFound, SYSTEM"
  })
  void aStatementsCodeDecidesToo(String code, Kind kind) {
    assertThat(Failure.ofStatement(code).kind()).isEqualTo(kind);
  }

  @Test
  void whereThereIsNoCodeTheStatusDecides() {
    assertThat(Failure.of(service(null, 503)).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(Failure.of(service(null, 503)).code()).isEqualTo("HTTP 503");
    assertThat(Failure.of(service(null, 429)).kind()).isEqualTo(Kind.THROTTLED);
    assertThat(Failure.of(service(null, 403)).kind()).isEqualTo(Kind.SYSTEM);
  }

  @Test
  void whatBreaksOnTheWayIsUnknown() {
    for (Throwable broken :
        new Throwable[] {
          SdkClientException.create(MISLEADING),
          ApiCallTimeoutException.create(7),
          new IOException(MISLEADING)
        }) {
      Failure failure = Failure.of(new CompletionException(new CompletionException(broken)));
      assertThat(failure.kind()).isEqualTo(Kind.UNKNOWN);
      assertThat(failure.code()).isEqualTo(broken.getClass().getSimpleName());
    }
    assertThat(Failure.noAnswer().kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void whatIsNoRequestsFailureStopsVisibly() {
    assertThat(Failure.of(new IllegalStateException(MISLEADING)).kind()).isEqualTo(Kind.SYSTEM);
    assertThat(Failure.of(new CompletionException(null)).kind()).isEqualTo(Kind.SYSTEM);
  }
}
