package dev.sluice.request;

import static java.util.Objects.requireNonNull;

import dev.sluice.item.StoredValue;
import dev.sluice.item.TableWithKeys;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;

/**
 * Finds out whether an effect is in its table although it was rejected, by a strongly consistent
 * {@code GetItem}: another process may have made it before the table came to reject it.
 */
public final class EffectRead {
  private final RequestSettings settings;
  private final TableWithKeys table;
  private final OptionalOperation operation;

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param table the table
   */
  public EffectRead(RequestSettings settings, TableWithKeys table) {
    this.settings = settings;
    this.table = table;
    this.operation =
        new OptionalOperation(
            settings.clock(),
            table.name(),
            "GetItem",
            "dynamodb:GetItem",
            "the claims of events whose items are rejected stay, and a corrected event does not"
                + " enter under the same id");
  }

  /** {@return whether reads are denied or not known, for now} */
  public boolean isAbsent() {
    return operation.isAbsent();
  }

  /**
   * Looks for an effect.
   *
   * @param effect an effect that was rejected for its content
   * @param drawn whether its key was drawn at random: then any item there counts, whatever it holds
   *     by now
   * @return what was found; never fails
   */
  public CompletableFuture<EffectReply> send(EffectRequest effect, boolean drawn) {
    Map<String, AttributeValue> key = new HashMap<>();
    key.put(table.partitionKey(), effect.item().get(table.partitionKey()));
    String sortKey = table.sortKey();
    if (sortKey != null) {
      key.put(sortKey, effect.item().get(sortKey));
    }
    GetItemRequest request =
        GetItemRequest.builder()
            .tableName(table.name())
            .key(key)
            .consistentRead(true)
            .overrideConfiguration(settings.override())
            .build();
    return RequestSettings.answer(OptionalOperation.call(() -> settings.client().getItem(request)))
        .handle((response, thrown) -> reply(effect, drawn, response, thrown));
  }

  private EffectReply reply(
      EffectRequest effect,
      boolean drawn,
      @Nullable GetItemResponse response,
      @Nullable Throwable thrown) {
    if (thrown != null || response == null) {
      Failure failure =
          Failure.of(thrown == null ? new IllegalStateException("no response") : thrown);
      if (failure.isOfOperation()) {
        operation.absent(failure);
      }
      return new EffectReply.Failed(failure);
    }
    operation.present();
    Map<String, AttributeValue> found = response.item();
    return new EffectReply.Read(!found.isEmpty() && (drawn || mayBe(effect, found)));
  }

  /** Whether an item at a key that others write to as well may be an effect. */
  private boolean mayBe(EffectRequest effect, Map<String, AttributeValue> found) {
    return switch (effect.kind()) {
      // Whatever stands keeps a create out: so does the item that it has made, changed since.
      case CREATE -> true;
      case PUT_IF_NEWER ->
          new StandingVersion(found.get(table.versionAttribute()))
              .isNoOlderThan(
                  requireNonNull(effect.item().get(table.versionAttribute()), "version"));
      case PUT -> StoredValue.holds(found, effect.item());
      case DELETE, UPDATE -> false;
    };
  }
}
