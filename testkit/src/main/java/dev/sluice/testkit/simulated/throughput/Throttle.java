package dev.sluice.testkit.simulated.throughput;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingReason;

/**
 * A refusal for lack of units.
 *
 * @param resource the table, or its global index
 * @param kind the units that were lacking
 * @param limit whose limit it was
 * @param mode how the table is paid for
 */
public record Throttle(Resource resource, UnitKind kind, Limit limit, Throughput.Mode mode) {

  /** Whose limit was reached. */
  public enum Limit {
    /** A partition's: the key is hot. */
    KEY_RANGE,
    /** The table's or the index's own: what was provisioned, or the maximum set for on-demand. */
    TABLE,
    /** The account's. */
    ACCOUNT
  }

  /**
   * The reason in the form of {@code ThrottlingReason} of the API reference: resource type,
   * operation type, limit type.
   *
   * @return the reason and the ARN of the table or of its index
   */
  public ThrottlingReason reason() {
    var limitType =
        switch (limit) {
          case KEY_RANGE -> "KeyRangeThroughputExceeded";
          case ACCOUNT -> "AccountLimitExceeded";
          case TABLE ->
              mode == Throughput.Mode.PROVISIONED
                  ? "ProvisionedThroughputExceeded"
                  : "MaxOnDemandThroughputExceeded";
        };
    return ThrottlingReason.builder()
        .reason((resource.index() == null ? "Table" : "Index") + kind.word() + limitType)
        .resource(resource.arn())
        .build();
  }

  /**
   * What a request fails with. The account's limit is {@code RequestLimitExceeded}; for the others
   * the table's mode decides.
   *
   * @return the exception, with its reason
   */
  public DynamoDbException exception() {
    if (limit == Limit.ACCOUNT) {
      return ServiceErrors.requestLimitExceeded(reason());
    }
    return mode == Throughput.Mode.PROVISIONED
        ? ServiceErrors.provisionedExceeded(reason())
        : ServiceErrors.throttling(reason());
  }

  /** {@return the error of one statement in a batch, or of one action in a transaction} */
  public BatchStatementErrorCodeEnum statementCode() {
    if (limit == Limit.ACCOUNT) {
      return BatchStatementErrorCodeEnum.REQUEST_LIMIT_EXCEEDED;
    }
    return mode == Throughput.Mode.PROVISIONED
        ? BatchStatementErrorCodeEnum.PROVISIONED_THROUGHPUT_EXCEEDED
        : BatchStatementErrorCodeEnum.THROTTLING_ERROR;
  }
}
