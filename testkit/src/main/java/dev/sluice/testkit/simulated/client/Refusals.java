package dev.sluice.testkit.simulated.client;

import dev.sluice.testkit.simulated.engine.Operation;
import dev.sluice.testkit.simulated.error.ServiceErrors;
import dev.sluice.testkit.simulated.throughput.Resource;
import dev.sluice.testkit.simulated.throughput.Throttle;
import dev.sluice.testkit.simulated.throughput.Throughput;
import dev.sluice.testkit.simulated.throughput.UnitKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** Errors in place of a reply. */
final class Refusals {

  private static final String TABLE = "some-table";
  private static final CancellationReason NO_REASON =
      CancellationReason.builder().code("None").build();

  // Codes that DynamoDB has, too: they say nothing of DynamoDB when another service gives them.
  private static final List<String> SHARED_CODES =
      List.of(
          "ValidationException",
          "ValidationError",
          "AccessDeniedException",
          "AccessDenied",
          "ThrottlingException",
          "ResourceNotFoundException",
          "ConditionalCheckFailedException");
  private static final List<String> ODD_CODES =
      List.of(
          "RequestTimeTooSkewed",
          "InvalidSignatureException",
          "ExpiredTokenException",
          "ReplicatedWriteConflict",
          "NobodyKnowsThisException");

  private Refusals() {}

  static AwsServiceException ofOtherService(RandomGenerator random) {
    String code = SHARED_CODES.get(random.nextInt(SHARED_CODES.size()));
    var refusal = AwsServiceException.builder();
    refusal.statusCode(400).message(code).writableStackTrace(false);
    return refusal
        .awsErrorDetails(
            AwsErrorDetails.builder().serviceName("Sts").errorCode(code).errorMessage(code).build())
        .build();
  }

  static DynamoDbException oddCode(RandomGenerator random) {
    return ServiceErrors.ofCode(ODD_CODES.get(random.nextInt(ODD_CODES.size())));
  }

  /** What an endpoint answers that does not explain its refusals. */
  static DynamoDbException unexplained(DynamoDbException e) {
    if (e instanceof ConditionalCheckFailedException) {
      return ServiceErrors.conditionFailed(null);
    }
    return e instanceof TransactionCanceledException cancelled
        ? ServiceErrors.cancelled(
            cancelled.cancellationReasons().stream()
                .filter(reason -> !"None".equals(reason.code()))
                .map(reason -> CancellationReason.builder().code(reason.code()).build())
                .limit(1)
                .toList())
        : e;
  }

  static DynamoDbException throttle(
      Operation operation, DynamoDbRequest request, RandomGenerator random) {
    var limits = Throttle.Limit.values();
    var modes = Throughput.Mode.values();
    var throttle =
        new Throttle(
            Resource.ofTable(table(request)),
            isRead(operation) ? UnitKind.READ : UnitKind.WRITE,
            limits[random.nextInt(limits.length)],
            modes[random.nextInt(modes.length)]);
    return request instanceof TransactWriteItemsRequest transaction && random.nextBoolean()
        ? cancelled(transaction, throttle.statementCode().toString(), random)
        : throttle.exception();
  }

  static DynamoDbException conflict(DynamoDbRequest request, RandomGenerator random) {
    return request instanceof TransactWriteItemsRequest transaction
        ? cancelled(transaction, "TransactionConflict", random)
        : ServiceErrors.conflict();
  }

  static SdkClientException reset() {
    return SdkClientException.builder()
        .numAttempts(1)
        .message("the connection was reset")
        .cause(new IOException("the connection was reset"))
        .writableStackTrace(false)
        .build();
  }

  private static DynamoDbException cancelled(
      TransactWriteItemsRequest request, String code, RandomGenerator random) {
    int count = request.transactItems().size();
    List<CancellationReason> reasons = new ArrayList<>(Collections.nCopies(count, NO_REASON));
    reasons.set(
        random.nextInt(count), CancellationReason.builder().code(code).message(code).build());
    return ServiceErrors.cancelled(reasons);
  }

  private static boolean isRead(Operation operation) {
    return switch (operation) {
      case GET_ITEM, BATCH_GET_ITEM, QUERY, SCAN -> true;
      default -> false;
    };
  }

  private static String table(DynamoDbRequest request) {
    return request.getValueForField("TableName", String.class).orElse(TABLE);
  }
}
