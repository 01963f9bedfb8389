package dev.sluice.request;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.ledger.LedgerItem;
import dev.sluice.model.LedgerTable;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * The claim: a conditional {@code PutItem} whose failure carries the entry that stands, so that it
 * costs no read.
 *
 * <p>An expired entry may be taken over by another source, since the service deletes expired items
 * days late; the entry of one's own source never is, since its effects may have been made where it
 * says.
 */
public final class ClaimPut {
  static final String CONDITION =
      "attribute_not_exists(#id) OR (#expireAt < :now AND #src <> :mine)";
  static final Map<String, String> NAMES =
      Map.of(
          "#id", LedgerTable.PARTITION_KEY,
          "#expireAt", LedgerTable.EXPIRY,
          "#src", LedgerItem.SOURCE);

  private final RequestSettings settings;
  private final LedgerTable ledger;
  private final ServiceTime time;

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param ledger the ledger table
   * @param time by which claims expire
   */
  public ClaimPut(RequestSettings settings, LedgerTable ledger, ServiceTime time) {
    this.settings = settings;
    this.ledger = ledger;
    this.time = time;
  }

  /**
   * Sends a claim.
   *
   * @param entry what to put
   * @param consumption takes what it has consumed
   * @return what came back; never fails
   */
  public CompletableFuture<ClaimReply> send(LedgerEntry entry, Consumption consumption) {
    ServiceTime.Moment now = time.moment();
    long expireAt = ClaimExpiry.of(ledger, now.latest());
    return RequestSettings.answer(
            settings.client().putItem(request(entry, now.earliest(), expireAt, consumption)))
        .whenComplete(
            (put, thrown) -> {
              time.observe(put, thrown);
              settings.consumed(put == null ? null : put.consumedCapacity(), consumption);
            })
        .handle((put, thrown) -> reply(entry, now, expireAt, thrown));
  }

  private PutItemRequest request(
      LedgerEntry entry, long nowSeconds, long expireAt, Consumption consumption) {
    return PutItemRequest.builder()
        .tableName(ledger.name())
        .item(LedgerItem.of(entry, expireAt))
        .conditionExpression(CONDITION)
        .expressionAttributeNames(NAMES)
        .expressionAttributeValues(values(entry, nowSeconds))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .overrideConfiguration(settings.override())
        .returnConsumedCapacity(settings.capacityWanted(consumption))
        .build();
  }

  /** The values of {@link #CONDITION}. */
  static Map<String, AttributeValue> values(LedgerEntry entry, long nowSeconds) {
    return Map.of(
        ":now", AttributeValue.fromN(Long.toString(nowSeconds)),
        ":mine", AttributeValue.fromS(entry.source().value()));
  }

  private ClaimReply reply(
      LedgerEntry entry, ServiceTime.Moment now, long expireAt, @Nullable Throwable thrown) {
    if (thrown == null) {
      return new ClaimReply.Claimed(expireAt);
    }
    Throwable cause = Failure.unwrap(thrown);
    if (cause instanceof ConditionalCheckFailedException held && held.hasItem()) {
      return ClaimReply.held(held.item()).judged(entry, now, time);
    }
    if (cause instanceof ConditionalCheckFailedException) {
      return new ClaimReply.Exists();
    }
    return new ClaimReply.Failed(Failure.of(cause));
  }
}
