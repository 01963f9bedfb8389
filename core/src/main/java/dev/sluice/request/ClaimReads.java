package dev.sluice.request;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.model.LedgerTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Finds out whose entries stand, by strongly consistent {@code BatchGetItem}: a read unit each
 * instead of the write unit of a put that fails. Where {@code BatchGetItem} is denied or not known,
 * entries are asked for by conditional puts.
 */
public final class ClaimReads {
  /** The most items of one {@code BatchGetItem} (API reference). */
  public static final int MAX_ITEMS = 100;

  private final RequestSettings settings;
  private final String ledger;
  private final ServiceTime time;
  private final OptionalOperation operation;

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param ledger the ledger table
   * @param time by which claims expire
   */
  public ClaimReads(RequestSettings settings, LedgerTable ledger, ServiceTime time) {
    this.settings = settings;
    this.ledger = ledger.name();
    this.time = time;
    this.operation =
        new OptionalOperation(
            settings.clock(),
            ledger.name(),
            "BatchGetItem",
            "dynamodb:BatchGetItem",
            "claims of known events are asked for one by one");
  }

  /** {@return whether reads are denied or not known, for now} */
  public boolean isAbsent() {
    return operation.isAbsent();
  }

  /**
   * Reads the entries that stand in the way of claims.
   *
   * @param entries the claims: 1 to {@value #MAX_ITEMS} of as many different ids
   * @return for each, in their order, the entry that stands, or {@code NotPut} if none does or it
   *     has expired; never fails
   */
  public CompletableFuture<List<ClaimReply>> send(List<LedgerEntry> entries) {
    List<Map<String, AttributeValue>> keys = new ArrayList<>(entries.size());
    for (LedgerEntry entry : entries) {
      keys.add(Map.of(LedgerTable.PARTITION_KEY, AttributeValue.fromS(entry.id())));
    }
    BatchGetItemRequest request =
        BatchGetItemRequest.builder()
            .requestItems(
                Map.of(ledger, KeysAndAttributes.builder().keys(keys).consistentRead(true).build()))
            .overrideConfiguration(settings.override())
            .build();
    return RequestSettings.answer(
            OptionalOperation.call(() -> settings.client().batchGetItem(request)))
        .handle((response, thrown) -> replies(entries, response, thrown));
  }

  private List<ClaimReply> replies(
      List<LedgerEntry> entries,
      @Nullable BatchGetItemResponse response,
      @Nullable Throwable thrown) {
    if (thrown != null || response == null) {
      Failure failure =
          Failure.of(thrown == null ? new IllegalStateException("no response") : thrown);
      if (failure.isOfOperation()) {
        operation.absent(failure);
      }
      return ClaimReply.all(entries.size(), new ClaimReply.Failed(failure));
    }
    operation.present();
    time.observe(response, null);
    // Under whatever name the service puts them: the request names one table only.
    Map<String, Map<String, AttributeValue>> standing =
        byId(response.responses().values().stream());
    Map<String, Map<String, AttributeValue>> unprocessed =
        byId(response.unprocessedKeys().values().stream().map(KeysAndAttributes::keys));
    List<ClaimReply> replies = new ArrayList<>(entries.size());
    for (LedgerEntry entry : entries) {
      replies.add(reply(entry, standing.get(entry.id()), unprocessed.containsKey(entry.id())));
    }
    return replies;
  }

  private ClaimReply reply(
      LedgerEntry mine, @Nullable Map<String, AttributeValue> item, boolean unprocessed) {
    if (unprocessed) {
      return new ClaimReply.Failed(new Failure(Failure.Kind.THROTTLED, "UnprocessedKeys", null));
    }
    if (item == null) {
      return new ClaimReply.NotPut();
    }
    ClaimReply reply = ClaimReply.held(item);
    // Whether it has expired, the condition of the put decides.
    boolean mayBeTakenOver =
        reply instanceof ClaimReply.Held held && held.mayBeTakenOver(mine, time);
    return mayBeTakenOver ? new ClaimReply.NotPut() : reply;
  }

  private static Map<String, Map<String, AttributeValue>> byId(
      Stream<List<Map<String, AttributeValue>>> lists) {
    Map<String, Map<String, AttributeValue>> byId = new HashMap<>();
    lists
        .flatMap(List::stream)
        .forEach(
            item -> {
              AttributeValue id = item.get(LedgerTable.PARTITION_KEY);
              if (id != null && id.s() != null) {
                byId.put(id.s(), item);
              }
            });
    return byId;
  }
}
