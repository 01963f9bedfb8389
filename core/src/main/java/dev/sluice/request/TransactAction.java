package dev.sluice.request;

import static java.util.Objects.requireNonNull;

import dev.sluice.item.TableWithKeys;
import dev.sluice.model.Effect;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.Update;

/** Builds the action of a transaction that makes one effect, and reads what came back for it. */
final class TransactAction {
  private final EffectRequest effect;
  private final TableWithKeys table;
  private final ItemExpiry expiry;

  TransactAction(EffectRequest effect, ServiceTime time) {
    this.effect = effect;
    this.table = effect.table();
    this.expiry = ItemExpiry.of(table, time);
  }

  TransactWriteItem item(ServiceTime.Moment now) {
    TransactWriteItem.Builder item = TransactWriteItem.builder();
    return switch (effect.kind()) {
      case CREATE -> item.put(create(now)).build();
      case PUT -> item.put(put().build()).build();
      case PUT_IF_NEWER -> item.put(versionedPut(now)).build();
      case DELETE -> item.delete(delete()).build();
      case UPDATE -> item.update(update()).build();
    };
  }

  private Put.Builder put() {
    return Put.builder().tableName(table.name()).item(effect.item());
  }

  private Put create(ServiceTime.Moment now) {
    Put.Builder put =
        put()
            .conditionExpression(expiry.orExpired(CreatePut.CONDITION))
            .expressionAttributeNames(expiry.names("#pk", table.partitionKey()));
    if (expiry.isDeclared()) {
      put.expressionAttributeValues(expiry.values(now))
          .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD);
    }
    return put.build();
  }

  private Put versionedPut(ServiceTime.Moment now) {
    return put()
        .conditionExpression(expiry.orExpired(VersionedPut.CONDITION))
        .expressionAttributeNames(expiry.names("#version", table.versionAttribute()))
        .expressionAttributeValues(expiry.values(now, ":version", version()))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .build();
  }

  private Delete delete() {
    return Delete.builder().tableName(table.name()).key(effect.item()).build();
  }

  private Update update() {
    Effect.Update asked = requireNonNull(effect.update(), "update");
    Update.Builder update =
        Update.builder()
            .tableName(table.name())
            .key(effect.item())
            .updateExpression(asked.expression());
    // The service rejects names and values that are there but empty.
    if (!asked.names().isEmpty()) {
      update.expressionAttributeNames(asked.names());
    }
    if (!asked.values().isEmpty()) {
      update.expressionAttributeValues(asked.values());
    }
    return update.build();
  }

  private AttributeValue version() {
    return requireNonNull(effect.item().get(table.versionAttribute()), "version");
  }

  /**
   * What a cancelled transaction says of this effect; {@code Unprocessed} if nothing, or if what
   * stood in its way has expired since.
   */
  BatchReply.ItemReply reply(CancellationReason reason, ServiceTime.Moment sent) {
    String code = reason.code();
    if (code == null || code.equals(TransactWrite.NO_REASON)) {
      return new BatchReply.ItemReply.Unprocessed();
    }
    if (!code.equals(TransactWrite.CONDITION_FAILED)) {
      return new BatchReply.ItemReply.Failed(Failure.ofPart(code));
    }
    if (reason.hasItem() && expiry.hasExpiredSince(sent, reason.item())) {
      return new BatchReply.ItemReply.Unprocessed();
    }
    return switch (effect.kind()) {
      case CREATE ->
          expiry.isDeclared() && !reason.hasItem()
              ? new BatchReply.ItemReply.Failed(Failure.notExplained())
              : BatchReply.ItemReply.Done.INSTANCE;
      // An own attempt is known by its entry: an equal version is another event's.
      case PUT_IF_NEWER ->
          new StandingVersion(reason.item().get(table.versionAttribute())).reply(version());
      // They have no condition of ours.
      case PUT, DELETE, UPDATE -> new BatchReply.ItemReply.Failed(Failure.ofPart(code));
    };
  }
}
