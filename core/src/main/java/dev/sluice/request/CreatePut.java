package dev.sluice.request;

import dev.sluice.item.KeyedTable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;

/** One create by a conditional {@code PutItem}; an item that exists already is success. */
final class CreatePut {
  static final String CONDITION = "attribute_not_exists(#pk)";

  private final RequestSettings settings;
  private final KeyedTable table;

  CreatePut(RequestSettings settings, KeyedTable table) {
    this.settings = settings;
    this.table = table;
  }

  CompletableFuture<BatchReply> send(EffectRequest effect, Consumption consumption) {
    PutItemRequest request =
        PutItemRequest.builder()
            .tableName(table.name())
            .item(effect.item())
            .conditionExpression(CONDITION)
            .expressionAttributeNames(Map.of("#pk", table.partitionKey()))
            .overrideConfiguration(settings.override())
            .returnConsumedCapacity(settings.capacityWanted(consumption))
            .build();
    return RequestSettings.answer(settings.client().putItem(request))
        .whenComplete(
            (put, thrown) ->
                settings.consumed(put == null ? null : put.consumedCapacity(), consumption))
        .handle((put, thrown) -> new BatchReply.PerItem(List.of(reply(thrown))));
  }

  private static BatchReply.ItemReply reply(@Nullable Throwable thrown) {
    if (thrown == null) {
      return BatchReply.ItemReply.Done.INSTANCE;
    }
    Throwable cause = Failure.unwrap(thrown);
    return cause instanceof ConditionalCheckFailedException
        ? BatchReply.ItemReply.Done.INSTANCE
        : new BatchReply.ItemReply.Failed(Failure.of(cause));
  }
}
