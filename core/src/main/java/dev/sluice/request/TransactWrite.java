package dev.sluice.request;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.ledger.LedgerItem;
import dev.sluice.model.LedgerTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * Ledger entries and effects by {@code TransactWriteItems}, all of them or none. An entry that
 * stands cancels the transaction and is in the reason, at no further read.
 */
public final class TransactWrite {
  /** The most actions of a transaction (API reference). */
  public static final int MAX_ACTIONS = 100;

  /** The most bytes that the items of a transaction may have together (API reference). */
  public static final long MAX_BYTES = 4L * 1024 * 1024;

  static final String NO_REASON = "None";
  static final String CONDITION_FAILED = "ConditionalCheckFailed";

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
  public TransactWrite(RequestSettings settings, LedgerTable ledger, ServiceTime time) {
    this.settings = settings;
    this.ledger = ledger;
    this.time = time;
  }

  /**
   * Sends a transaction, as it was sent the first time.
   *
   * @param transaction the transaction
   * @param consumption takes what it has consumed
   * @return what came back; never fails
   */
  public CompletableFuture<TransactReply> send(Transaction transaction, Consumption consumption) {
    Transaction.Frozen before = transaction.frozen();
    Transaction.Frozen frozen =
        before == null ? transaction.freeze(build(transaction, consumption)) : before;
    return RequestSettings.answer(settings.client().transactWriteItems(frozen.request()))
        .whenComplete((response, thrown) -> observe(response, thrown, consumption))
        .handle((done, thrown) -> reply(transaction.events(), frozen, thrown));
  }

  private void observe(
      @Nullable TransactWriteItemsResponse response,
      @Nullable Throwable thrown,
      Consumption consumption) {
    time.observe(response, thrown);
    if (response != null) {
      settings.consumed(response.consumedCapacity(), consumption);
    }
  }

  private Transaction.Frozen build(Transaction transaction, Consumption consumption) {
    ServiceTime.Moment now = time.moment();
    long expireAt = ClaimExpiry.of(ledger, now.latest());
    List<TransactWriteItem> items = new ArrayList<>();
    for (Transaction.Event event : transaction.events()) {
      items.add(
          TransactWriteItem.builder().put(claim(event.entry(), now.earliest(), expireAt)).build());
      for (EffectRequest effect : event.effects()) {
        items.add(new TransactAction(effect, time).item(now));
      }
    }
    TransactWriteItemsRequest request =
        TransactWriteItemsRequest.builder()
            .transactItems(items)
            .clientRequestToken(transaction.token())
            .overrideConfiguration(settings.override())
            .returnConsumedCapacity(settings.capacityWanted(consumption))
            .build();
    return new Transaction.Frozen(request, now, expireAt);
  }

  private Put claim(LedgerEntry entry, long now, long expireAt) {
    return Put.builder()
        .tableName(ledger.name())
        .item(LedgerItem.of(entry, expireAt))
        .conditionExpression(ClaimPut.CONDITION)
        .expressionAttributeNames(ClaimPut.NAMES)
        .expressionAttributeValues(ClaimPut.values(entry, now))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .build();
  }

  private TransactReply reply(
      List<Transaction.Event> events, Transaction.Frozen frozen, @Nullable Throwable thrown) {
    if (thrown == null) {
      return new TransactReply.Applied(frozen.expireAt());
    }
    Throwable cause = Failure.unwrap(thrown);
    return cause instanceof TransactionCanceledException cancelled
        ? cancelled(events, frozen.moment(), cancelled)
        : new TransactReply.Failed(Failure.of(cause));
  }

  private TransactReply cancelled(
      List<Transaction.Event> events,
      ServiceTime.Moment sent,
      TransactionCanceledException cancelled) {
    List<CancellationReason> reasons = cancelled.cancellationReasons();
    int actions = 0;
    for (Transaction.Event event : events) {
      actions += Transaction.actions(event);
    }
    Failure worst = worst(cancelled);
    if (reasons.size() != actions || worst == null) {
      return new TransactReply.Unattributed(
          worst == null
              ? new Failure(Failure.Kind.PASSING, "TransactionCanceledException", cancelled)
              : worst);
    }
    List<TransactReply.Part> parts = new ArrayList<>(events.size());
    int at = 0;
    for (Transaction.Event event : events) {
      ClaimReply claim = claimReply(reasons.get(at++)).judged(event.entry(), sent, time);
      List<BatchReply.ItemReply> effects = new ArrayList<>(event.effects().size());
      for (EffectRequest effect : event.effects()) {
        effects.add(new TransactAction(effect, time).reply(reasons.get(at++), sent));
      }
      parts.add(new TransactReply.Part(claim, effects));
    }
    return new TransactReply.Cancelled(parts);
  }

  /** The worst of the reasons that were given, or null if none was. */
  private static @Nullable Failure worst(TransactionCanceledException cancelled) {
    Failure worst = null;
    for (CancellationReason reason : cancelled.cancellationReasons()) {
      String code = reason.code();
      if (code != null && !code.equals(NO_REASON)) {
        Failure failure =
            code.equals(CONDITION_FAILED) ? Failure.notExplained() : Failure.ofPart(code);
        if (failure.isSevererThan(worst)) {
          worst = failure;
        }
      }
    }
    return worst;
  }

  private static ClaimReply claimReply(CancellationReason reason) {
    String code = reason.code();
    if (code == null || code.equals(NO_REASON)) {
      return new ClaimReply.NotPut();
    }
    if (!code.equals(CONDITION_FAILED)) {
      return new ClaimReply.Failed(Failure.ofPart(code));
    }
    return reason.hasItem() ? ClaimReply.held(reason.item()) : new ClaimReply.Exists();
  }
}
