package dev.sluice.request;

import static java.util.Objects.requireNonNull;

import dev.sluice.item.TableWithKeys;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * One versioned put or tombstone by a conditional {@code PutItem}: there is no batch of conditional
 * puts that may replace an item.
 */
public final class VersionedPut implements EffectBatch {
  // An item without a version was written by somebody else, before there were versions.
  static final String CONDITION = "attribute_not_exists(#version) OR #version < :version";

  private final RequestSettings settings;
  private final TableWithKeys table;
  private final ItemExpiry expiry;

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param table the table to write to
   * @param time by which its items expire, if it declares that they do
   */
  public VersionedPut(RequestSettings settings, TableWithKeys table, ServiceTime time) {
    this.settings = settings;
    this.table = table;
    this.expiry = ItemExpiry.of(table, time);
  }

  /**
   * Sends one effect.
   *
   * @param effects a single effect, whose item holds its version
   * @param consumption takes what it has consumed
   */
  @Override
  public CompletableFuture<BatchReply> send(List<EffectRequest> effects, Consumption consumption) {
    Map<String, AttributeValue> item = effects.get(0).item();
    AttributeValue version = requireNonNull(item.get(table.versionAttribute()), "version");
    ServiceTime.Moment now = expiry.moment();
    PutItemRequest request =
        PutItemRequest.builder()
            .tableName(table.name())
            .item(item)
            .conditionExpression(expiry.orExpired(CONDITION))
            .expressionAttributeNames(expiry.names("#version", table.versionAttribute()))
            .expressionAttributeValues(expiry.values(now, ":version", version))
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
            .overrideConfiguration(settings.override())
            .returnConsumedCapacity(settings.capacityWanted(consumption))
            .build();
    return RequestSettings.answer(settings.client().putItem(request))
        .whenComplete(
            (put, thrown) -> {
              expiry.observe(put, thrown);
              settings.consumed(put == null ? null : put.consumedCapacity(), consumption);
            })
        .handle((put, thrown) -> new BatchReply.PerItem(List.of(reply(now, version, thrown))));
  }

  private BatchReply.ItemReply reply(
      ServiceTime.Moment sent, AttributeValue version, @Nullable Throwable thrown) {
    if (thrown == null) {
      return BatchReply.ItemReply.Done.INSTANCE;
    }
    Throwable cause = Failure.unwrap(thrown);
    if (cause instanceof ConditionalCheckFailedException rejected) {
      if (expiry.hasExpiredSince(sent, rejected.item())) {
        return new BatchReply.ItemReply.Standing();
      }
      StandingVersion standing = new StandingVersion(rejected.item().get(table.versionAttribute()));
      // The same version is an earlier attempt of this effect: it landed, its reply did not.
      return standing.isSameAs(version)
          ? BatchReply.ItemReply.Done.INSTANCE
          : standing.reply(version);
    }
    return new BatchReply.ItemReply.Failed(Failure.of(cause));
  }
}
