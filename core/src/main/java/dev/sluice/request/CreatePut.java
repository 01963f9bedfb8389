package dev.sluice.request;

import dev.sluice.item.TableWithKeys;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/** One create by a conditional {@code PutItem}; an item that exists already is success. */
final class CreatePut {
  static final String CONDITION = "attribute_not_exists(#pk)";

  private final RequestSettings settings;
  private final TableWithKeys table;
  private final ItemExpiry expiry;

  CreatePut(RequestSettings settings, TableWithKeys table, ItemExpiry expiry) {
    this.settings = settings;
    this.table = table;
    this.expiry = expiry;
  }

  CompletableFuture<BatchReply> send(EffectRequest effect, Consumption consumption) {
    ServiceTime.Moment now = expiry.moment();
    PutItemRequest.Builder request =
        PutItemRequest.builder()
            .tableName(table.name())
            .item(effect.item())
            .conditionExpression(expiry.orExpired(CONDITION))
            .expressionAttributeNames(expiry.names("#pk", table.partitionKey()))
            .overrideConfiguration(settings.override())
            .returnConsumedCapacity(settings.capacityWanted(consumption));
    if (expiry.isDeclared()) {
      request
          .expressionAttributeValues(expiry.values(now))
          .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD);
    }
    return RequestSettings.answer(settings.client().putItem(request.build()))
        .whenComplete(
            (put, thrown) -> {
              expiry.observe(put, thrown);
              settings.consumed(put == null ? null : put.consumedCapacity(), consumption);
            })
        .handle((put, thrown) -> new BatchReply.PerItem(List.of(reply(now, thrown))));
  }

  private BatchReply.ItemReply reply(ServiceTime.Moment sent, @Nullable Throwable thrown) {
    if (thrown == null) {
      return BatchReply.ItemReply.Done.INSTANCE;
    }
    Throwable cause = Failure.unwrap(thrown);
    if (cause instanceof ConditionalCheckFailedException stands) {
      if (expiry.isDeclared() && !stands.hasItem()) {
        // It may have expired.
        return new BatchReply.ItemReply.Failed(Failure.notExplained());
      }
      return expiry.hasExpiredSince(sent, stands.item())
          ? new BatchReply.ItemReply.Standing()
          : BatchReply.ItemReply.Done.INSTANCE;
    }
    return new BatchReply.ItemReply.Failed(Failure.of(cause));
  }
}
