package dev.sluice.request;

import dev.sluice.metrics.WriterMetrics;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * What all operations share.
 *
 * @param client the client to send with
 * @param override timeouts of each request
 * @param metrics told what was consumed; the service is asked only if somebody listens
 * @param clock the time, for what is asked again after a while
 */
public record RequestSettings(
    DynamoDbAsyncClient client,
    AwsRequestOverrideConfiguration override,
    WriterMetrics metrics,
    InstantSource clock) {

  /** What a call answers, unless it was not DynamoDB who answered. */
  static <R extends AwsResponse> CompletableFuture<R> answer(CompletableFuture<R> call) {
    return call.thenApply(ForeignAnswerException::check);
  }

  ReturnConsumedCapacity capacityWanted(Consumption consumption) {
    return metrics == WriterMetrics.disabled() && !consumption.isWanted()
        ? ReturnConsumedCapacity.NONE
        : ReturnConsumedCapacity.TOTAL;
  }

  void consumed(@Nullable ConsumedCapacity capacity, Consumption consumption) {
    if (capacity != null && capacity.capacityUnits() != null) {
      consumption.add(capacity.tableName(), capacity.capacityUnits());
      metrics.consumed(capacity.tableName(), capacity.capacityUnits());
    }
  }

  void consumed(List<ConsumedCapacity> capacities, Consumption consumption) {
    for (ConsumedCapacity capacity : capacities) {
      consumed(capacity, consumption);
    }
  }
}
