package dev.sluice.request;

import dev.sluice.item.PrimaryKey;
import dev.sluice.item.TableWithKeys;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Matches what the service has left unprocessed to the effects of the request, by key. The items
 * that the service sends back are never sent again.
 */
final class UnprocessedItems {
  private UnprocessedItems() {}

  /**
   * Matches them.
   *
   * @param table the table of the request
   * @param effects those of the request
   * @param unprocessed what the service has left, at least one
   * @return for each effect whether it was left; a failure if one is left that is none of them
   */
  static BatchReply match(
      TableWithKeys table, List<EffectRequest> effects, List<WriteRequest> unprocessed) {
    Set<PrimaryKey> left = new HashSet<>();
    for (WriteRequest write : unprocessed) {
      left.add(
          PrimaryKey.of(
              table,
              write.putRequest() != null
                  ? write.putRequest().item()
                  : write.deleteRequest().key()));
    }
    List<BatchReply.ItemReply> items = new ArrayList<>(effects.size());
    for (EffectRequest effect : effects) {
      items.add(
          left.remove(effect.key())
              ? new BatchReply.ItemReply.Unprocessed()
              : BatchReply.ItemReply.Done.INSTANCE);
    }
    // A leftover that is none of ours cannot be told apart from one of ours in another form.
    return left.isEmpty()
        ? new BatchReply.PerItem(items)
        : new BatchReply.Failed(
            new Failure(Failure.Kind.UNKNOWN, "UnmatchedUnprocessedItem", null));
  }
}
