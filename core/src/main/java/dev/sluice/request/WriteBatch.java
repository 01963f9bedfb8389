package dev.sluice.request;

import dev.sluice.item.TableWithKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Puts and deletes by {@code BatchWriteItem}. {@link UnprocessedItems} finds what the service has
 * left.
 */
public final class WriteBatch implements EffectBatch {
  private final RequestSettings settings;
  private final TableWithKeys table;

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param table the table to write to
   */
  public WriteBatch(RequestSettings settings, TableWithKeys table) {
    this.settings = settings;
    this.table = table;
  }

  @Override
  public CompletableFuture<BatchReply> send(List<EffectRequest> effects, Consumption consumption) {
    List<WriteRequest> writes = new ArrayList<>(effects.size());
    for (EffectRequest effect : effects) {
      writes.add(writeRequest(effect));
    }
    BatchWriteItemRequest request =
        BatchWriteItemRequest.builder()
            .requestItems(Map.of(table.name(), writes))
            .overrideConfiguration(settings.override())
            .returnConsumedCapacity(settings.capacityWanted(consumption))
            .build();
    return RequestSettings.answer(settings.client().batchWriteItem(request))
        .whenComplete(
            (response, thrown) -> {
              if (response != null) {
                settings.consumed(response.consumedCapacity(), consumption);
              }
            })
        .handle((response, thrown) -> reply(effects, response, thrown));
  }

  private static WriteRequest writeRequest(EffectRequest effect) {
    return effect.kind() == EffectRequest.Kind.DELETE
        ? WriteRequest.builder().deleteRequest(delete -> delete.key(effect.item())).build()
        : WriteRequest.builder().putRequest(put -> put.item(effect.item())).build();
  }

  private BatchReply reply(
      List<EffectRequest> effects,
      @Nullable BatchWriteItemResponse response,
      @Nullable Throwable thrown) {
    if (thrown != null || response == null) {
      return new BatchReply.Failed(
          Failure.of(thrown == null ? new IllegalStateException("no response") : thrown));
    }
    // Under whatever name the service puts them: the request names one table only.
    List<WriteRequest> unprocessed =
        response.unprocessedItems().values().stream().flatMap(List::stream).toList();
    if (unprocessed.isEmpty()) {
      return BatchReply.allDone(effects.size());
    }
    return UnprocessedItems.match(table, effects, unprocessed);
  }
}
