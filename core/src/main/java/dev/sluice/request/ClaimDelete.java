package dev.sluice.request;

import dev.sluice.ledger.LedgerItem;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.SourcePosition;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;

/** The release of a claim: a conditional {@code DeleteItem} fenced by the claim's source. */
public final class ClaimDelete {
  private final RequestSettings settings;
  private final LedgerTable ledger;

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param ledger the ledger table
   */
  public ClaimDelete(RequestSettings settings, LedgerTable ledger) {
    this.settings = settings;
    this.ledger = ledger;
  }

  /**
   * Sends a release.
   *
   * @param id scope and event id
   * @param source the owner of the claim
   * @param consumption takes what it has consumed
   * @return what came back; never fails
   */
  public CompletableFuture<ReleaseReply> send(
      String id, SourcePosition source, Consumption consumption) {
    DeleteItemRequest request =
        DeleteItemRequest.builder()
            .tableName(ledger.name())
            .key(Map.of(LedgerTable.PARTITION_KEY, AttributeValue.fromS(id)))
            .conditionExpression("#src = :mine")
            .expressionAttributeNames(Map.of("#src", LedgerItem.SOURCE))
            .expressionAttributeValues(Map.of(":mine", AttributeValue.fromS(source.value())))
            .overrideConfiguration(settings.override())
            .returnConsumedCapacity(settings.capacityWanted(consumption))
            .build();
    return RequestSettings.answer(settings.client().deleteItem(request))
        .whenComplete(
            (deleted, thrown) ->
                settings.consumed(deleted == null ? null : deleted.consumedCapacity(), consumption))
        .handle((deleted, thrown) -> reply(thrown));
  }

  private static ReleaseReply reply(@Nullable Throwable thrown) {
    if (thrown == null) {
      return new ReleaseReply.Released(true);
    }
    Throwable cause = Failure.unwrap(thrown);
    return cause instanceof ConditionalCheckFailedException
        ? new ReleaseReply.Released(false)
        : new ReleaseReply.Failed(Failure.of(cause));
  }
}
