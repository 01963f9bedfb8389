package dev.sluice.request;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.RequestLimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingReason;

/**
 * Why a request, or one item of it, failed; told by the class and error code, never by the message.
 *
 * @param kind what it means for the write
 * @param code the service's error code, or the class of a failure without one
 * @param cause the failure, or null where the service named only a code
 */
public record Failure(Kind kind, String code, @Nullable Throwable cause) {

  /** What a failure means for the write. */
  public enum Kind {
    /** Refused for its rate; it was not applied. */
    THROTTLED,
    /** Refused for what else is going on; it was not applied, and may go through later. */
    PASSING,
    /** Nothing is known: it may have been applied, and may still be. */
    UNKNOWN,
    /** The content itself was refused. */
    RECORD,
    /** Nothing of the sort will go through until somebody mends something. */
    SYSTEM
  }

  /** Whose limit a throttled request has run into. */
  public enum Limit {
    /** That of a range of keys: the key is hot. */
    KEY_RANGE,
    /** That of the table, of an index or of the account. */
    TABLE,
    /** The service does not say. */
    UNKNOWN
  }

  private static final String KEY_RANGE_REASON = "TableWriteKeyRangeThroughputExceeded";

  /** The code of a request to which no answer came within {@code requestTimeout}. */
  public static final String NO_ANSWER = "NoAnswer";

  private static final String TOKEN_TAKEN = "IdempotentParameterMismatchException";

  private static final Set<String> THROTTLES =
      Set.of(
          "ProvisionedThroughputExceededException",
          "ProvisionedThroughputExceeded",
          "ThrottlingException",
          "ThrottlingError",
          "Throttling",
          "RequestLimitExceeded",
          "RequestThrottled",
          "RequestThrottledException",
          "TooManyRequestsException");

  private static final Set<String> PASSING =
      Set.of(
          "TransactionConflictException",
          "TransactionConflict",
          "TransactionInProgressException",
          TOKEN_TAKEN,
          "ReplicatedWriteConflictException",
          "LimitExceededException",
          "ResourceInUseException");

  private static final Set<String> RECORD =
      Set.of(
          "ValidationException",
          "ValidationError",
          "ItemCollectionSizeLimitExceededException",
          "ItemCollectionSizeLimitExceeded",
          "SerializationException",
          "RequestEntityTooLargeException");

  private static final Set<String> UNKNOWN =
      Set.of("InternalServerError", "InternalFailure", "ServiceUnavailable", NO_ANSWER);

  /**
   * A failure as the SDK reports it.
   *
   * @param thrown what a call or its future failed with
   * @return what it means
   */
  public static Failure of(Throwable thrown) {
    Throwable failure = unwrap(thrown);
    if (failure instanceof AwsServiceException service && service.awsErrorDetails() != null) {
      String code = service.awsErrorDetails().errorCode();
      return ofCode(code == null ? "" : code, service.statusCode(), service);
    }
    if (failure instanceof AwsServiceException service) {
      return ofCode("", service.statusCode(), service);
    }
    String code = failure.getClass().getSimpleName();
    if (failure instanceof SdkClientException || failure instanceof IOException) {
      return new Failure(Kind.UNKNOWN, code, failure);
    }
    if (failure instanceof RejectedExecutionException) {
      // An executor that is full, now: nothing was sent.
      return new Failure(Kind.PASSING, code, failure);
    }
    // The SDK reports what went wrong around a call as one of the above; all else is a fault in the
    // client's setup or in this library, and says so rather than being retried for ever.
    return new Failure(Kind.SYSTEM, code, failure);
  }

  /**
   * A failure of one statement of a batch that as a whole succeeded.
   *
   * @param code the statement's error code
   * @return what it means
   */
  public static Failure ofStatement(String code) {
    return ofCode(code, 0, null);
  }

  /** {@return the failure of a request to which no answer came in time} */
  public static Failure noAnswer() {
    return new Failure(Kind.UNKNOWN, NO_ANSWER, null);
  }

  private static Failure ofCode(String code, int status, @Nullable Throwable cause) {
    String name = code.isEmpty() ? "HTTP " + status : code;
    return new Failure(kindOf(code, status), name, cause);
  }

  private static Kind kindOf(String code, int status) {
    if (THROTTLES.contains(code) || status == 429) {
      return Kind.THROTTLED;
    }
    if (PASSING.contains(code)) {
      return Kind.PASSING;
    }
    if (RECORD.contains(code) || status == 413) {
      return Kind.RECORD;
    }
    if (UNKNOWN.contains(code) || status >= 500 || status == 408) {
      return Kind.UNKNOWN;
    }
    return Kind.SYSTEM;
  }

  static Throwable unwrap(Throwable thrown) {
    Throwable at = thrown;
    while (at instanceof CompletionException && at.getCause() != null) {
      at = at.getCause();
    }
    return at;
  }

  /** {@return whether the content alone was at fault, so that it was refused at every attempt} */
  public boolean isOfContent() {
    return code.equals("ValidationException") || code.equals("ValidationError");
  }

  /** {@return whether the code says that the caller may not do this} */
  public boolean isDenied() {
    return code.equals("AccessDeniedException") || code.equals("AccessDenied");
  }

  /** {@return whether another transaction went through under the token of this one} */
  public boolean isTokenTaken() {
    return code.equals(TOKEN_TAKEN);
  }

  /** {@return whose limit was run into, by the reasons that exceptions carry} */
  public Limit limit() {
    List<ThrottlingReason> reasons = List.of();
    if (cause instanceof ProvisionedThroughputExceededException exceeded) {
      reasons = exceeded.throttlingReasons();
    } else if (cause instanceof ThrottlingException throttling) {
      reasons = throttling.throttlingReasons();
    } else if (cause instanceof RequestLimitExceededException exceeded) {
      reasons = exceeded.throttlingReasons();
    }
    if (reasons.isEmpty()) {
      return Limit.UNKNOWN;
    }
    boolean onlyKeys =
        reasons.stream().map(ThrottlingReason::reason).allMatch(KEY_RANGE_REASON::equals);
    return onlyKeys ? Limit.KEY_RANGE : Limit.TABLE;
  }

  /** {@return the error code alone: the service's messages may quote items} */
  @Override
  public String toString() {
    return code;
  }
}
