package dev.sluice.request;

import dev.sluice.ledger.LedgerItem;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.SourcePosition;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;

/** The release of a claim: a conditional {@code DeleteItem} fenced by the claim's source. */
public final class ClaimDelete {
  private final DynamoDbAsyncClient client;
  private final LedgerTable ledger;
  private final AwsRequestOverrideConfiguration override;

  /**
   * Creates the operation.
   *
   * @param client the client to send with
   * @param ledger the ledger table
   * @param override timeouts of the request
   */
  public ClaimDelete(
      DynamoDbAsyncClient client, LedgerTable ledger, AwsRequestOverrideConfiguration override) {
    this.client = client;
    this.ledger = ledger;
    this.override = override;
  }

  /**
   * Sends a release.
   *
   * @param id scope and event id
   * @param source the owner of the claim
   * @return what came back; never fails
   */
  public CompletableFuture<ReleaseReply> send(String id, SourcePosition source) {
    DeleteItemRequest request =
        DeleteItemRequest.builder()
            .tableName(ledger.name())
            .key(Map.of(LedgerTable.PARTITION_KEY, AttributeValue.fromS(id)))
            .conditionExpression("#src = :mine")
            .expressionAttributeNames(Map.of("#src", LedgerItem.SOURCE))
            .expressionAttributeValues(Map.of(":mine", AttributeValue.fromS(source.value())))
            .overrideConfiguration(override)
            .build();
    return client.deleteItem(request).handle((deleted, thrown) -> reply(thrown));
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
