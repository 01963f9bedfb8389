package dev.sluice.testkit.simulated.error;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.IdempotentParameterMismatchException;
import software.amazon.awssdk.services.dynamodb.model.InternalServerErrorException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.RequestLimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingReason;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;

/**
 * Makes the exceptions that the SDK makes of the service's replies: class, error code and status
 * are the real ones, the wording is not. They carry no stack trace.
 */
public final class ServiceErrors {

  private static final String REQUEST_ID = "SIMULATED";

  private ServiceErrors() {}

  /** {@return a request that is wrong in itself: code {@code ValidationException}} */
  public static DynamoDbException validation(String message) {
    var builder = DynamoDbException.builder();
    fill(builder, 400, "ValidationException", message);
    return (DynamoDbException) builder.build();
  }

  /**
   * A request that is refused with status 400.
   *
   * @param code the error code
   * @return the exception
   */
  public static DynamoDbException ofCode(String code) {
    var builder = DynamoDbException.builder();
    fill(builder, 400, code, code);
    return (DynamoDbException) builder.build();
  }

  /** {@return a table that does not exist} */
  public static ResourceNotFoundException tableNotFound(String table) {
    var builder = ResourceNotFoundException.builder();
    fill(builder, 400, "ResourceNotFoundException", "there is no table " + table);
    return builder.build();
  }

  /** {@return a table that exists already} */
  public static ResourceInUseException tableInUse(String table) {
    var builder = ResourceInUseException.builder();
    fill(builder, 400, "ResourceInUseException", "there is a table " + table);
    return builder.build();
  }

  /**
   * A condition that did not hold.
   *
   * @param item the item that stands, or null if it was not asked for or there is none
   * @return the exception
   */
  public static ConditionalCheckFailedException conditionFailed(
      @Nullable Map<String, AttributeValue> item) {
    var builder = ConditionalCheckFailedException.builder();
    fill(builder, 400, "ConditionalCheckFailedException", "the condition did not hold");
    if (item != null) {
      builder.item(item);
    }
    return builder.build();
  }

  /** {@return a transaction that was cancelled, with a reason for each action} */
  public static TransactionCanceledException cancelled(List<CancellationReason> reasons) {
    var codes = reasons.stream().map(CancellationReason::code).toList();
    var builder = TransactionCanceledException.builder();
    fill(builder, 400, "TransactionCanceledException", "cancelled for " + codes);
    return builder.cancellationReasons(reasons).build();
  }

  /** {@return a single write that ran into a transaction} */
  public static TransactionConflictException conflict() {
    var builder = TransactionConflictException.builder();
    fill(builder, 400, "TransactionConflictException", "a transaction is at this item");
    return builder.build();
  }

  /** {@return a token that came back with another content} */
  public static IdempotentParameterMismatchException parameterMismatch() {
    var builder = IdempotentParameterMismatchException.builder();
    fill(builder, 400, "IdempotentParameterMismatchException", "the token had other parameters");
    return builder.build();
  }

  /** {@return a throttle of a table in provisioned mode} */
  public static ProvisionedThroughputExceededException provisionedExceeded(
      ThrottlingReason reason) {
    var builder = ProvisionedThroughputExceededException.builder();
    fill(builder, 400, "ProvisionedThroughputExceededException", reason.reason());
    return builder.throttlingReasons(reason).build();
  }

  /** {@return a throttle of a table in on-demand mode} */
  public static ThrottlingException throttling(ThrottlingReason reason) {
    var builder = ThrottlingException.builder();
    fill(builder, 400, "ThrottlingException", reason.reason());
    return builder.throttlingReasons(reason).build();
  }

  /** {@return a throttle by the account's limit} */
  public static RequestLimitExceededException requestLimitExceeded(ThrottlingReason reason) {
    var builder = RequestLimitExceededException.builder();
    fill(builder, 400, "RequestLimitExceeded", reason.reason());
    return builder.throttlingReasons(reason).build();
  }

  /** {@return the service's own failure, status 500} */
  public static InternalServerErrorException internal() {
    var builder = InternalServerErrorException.builder();
    fill(builder, 500, "InternalServerError", "internal error");
    return builder.build();
  }

  private static void fill(
      AwsServiceException.Builder builder, int status, String code, String message) {
    builder.awsErrorDetails(
        AwsErrorDetails.builder()
            .serviceName("DynamoDb")
            .errorCode(code)
            .errorMessage(message)
            .build());
    builder.message(message);
    builder.statusCode(status);
    builder.requestId(REQUEST_ID);
    builder.writableStackTrace(false);
  }
}
