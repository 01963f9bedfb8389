package dev.sluice.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.item.PrimaryKey;
import dev.sluice.item.TableWithKeys;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Table;
import dev.sluice.request.BatchReply.ItemReply;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** What comes back unprocessed is never taken for done, in whatever form it comes. */
class WriteBatchTest {
  private static final TableWithKeys TABLE =
      new TableWithKeys(Table.named("t"), KeySchema.of("n", ScalarAttributeType.N));

  /** A client that answers every batch with the same response. */
  private record Answering(Map<String, List<WriteRequest>> unprocessed)
      implements DynamoDbAsyncClient {
    @Override
    public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
      return CompletableFuture.completedFuture(
          BatchWriteItemResponse.builder().unprocessedItems(unprocessed).build());
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private static Map<String, AttributeValue> key(String number) {
    return Map.of("n", AttributeValue.fromN(number));
  }

  private static EffectRequest effect(EffectRequest.Kind kind, String number) {
    return new EffectRequest(TABLE, kind, PrimaryKey.of(TABLE, key(number)), key(number), null);
  }

  private static BatchReply reply(Map<String, List<WriteRequest>> unprocessed) {
    return new WriteBatch(
            new RequestSettings(
                new Answering(unprocessed),
                AwsRequestOverrideConfiguration.builder().build(),
                WriterMetrics.disabled(),
                InstantSource.system()),
            TABLE)
        .send(
            List.of(
                effect(EffectRequest.Kind.PUT, "1"),
                effect(EffectRequest.Kind.DELETE, "2"),
                effect(EffectRequest.Kind.PUT, "3")),
            new Consumption(false))
        .join();
  }

  private static WriteRequest put(String number) {
    return WriteRequest.builder().putRequest(put -> put.item(key(number))).build();
  }

  private static WriteRequest delete(String number) {
    return WriteRequest.builder().deleteRequest(delete -> delete.key(key(number))).build();
  }

  private static final BatchReply SECOND_AND_THIRD_LEFT =
      new BatchReply.PerItem(
          List.of(new ItemReply.Done(), new ItemReply.Unprocessed(), new ItemReply.Unprocessed()));

  @Test
  void nothingLeftIsAllDone() {
    assertThat(reply(Map.of())).isEqualTo(BatchReply.allDone(3));
    assertThat(reply(Map.of("t", List.of()))).isEqualTo(BatchReply.allDone(3));
  }

  @Test
  void whatIsLeftIsFoundByItsKeyInAnyOrder() {
    assertThat(reply(Map.of("t", List.of(put("3"), delete("2"))))).isEqualTo(SECOND_AND_THIRD_LEFT);
  }

  @Test
  void aNumberInAnotherFormIsTheSameKey() {
    assertThat(reply(Map.of("t", List.of(put("3.0"), delete("2E0")))))
        .isEqualTo(SECOND_AND_THIRD_LEFT);
  }

  @Test
  void aTableUnderAnotherNameIsStillOurs() {
    assertThat(reply(Map.of("arn:aws:dynamodb:::table/t", List.of(put("3"), delete("2")))))
        .isEqualTo(SECOND_AND_THIRD_LEFT);
  }

  @Test
  void aLeftoverThatIsNoneOfOursMakesTheWholeBatchUnknown() {
    assertThat(reply(Map.of("t", List.of(put("7")))))
        .isInstanceOfSatisfying(
            BatchReply.Failed.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(Failure.Kind.UNKNOWN));
  }
}
