package dev.sluice.request;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.model.LedgerTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Finds out whose entries stand, by strongly consistent {@code BatchGetItem}: a read unit each
 * instead of the write unit of a put that fails. Without {@code dynamodb:BatchGetItem}, entries are
 * asked for by conditional puts.
 */
public final class ClaimReads {
  /** The most items of one {@code BatchGetItem} (API reference). */
  public static final int MAX_ITEMS = 100;

  private static final Logger log = LoggerFactory.getLogger(ClaimReads.class);

  private final RequestSettings settings;
  private final String ledger;
  private final ServiceTime time;
  private final AtomicBoolean denied = new AtomicBoolean();

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
  }

  /** {@return whether the account has turned out not to permit reads} */
  public boolean isDenied() {
    return denied.get();
  }

  /**
   * Reads the entries that stand in the way of claims.
   *
   * @param entries the claims: 1 to {@value #MAX_ITEMS} of as many different ids
   * @return for each, in their order, the entry that stands, or that it must be put alone since
   *     none does or it has expired; never fails
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
    return settings
        .client()
        .batchGetItem(request)
        .handle((response, thrown) -> replies(entries, response, thrown));
  }

  private List<ClaimReply> replies(
      List<LedgerEntry> entries,
      @Nullable BatchGetItemResponse response,
      @Nullable Throwable thrown) {
    if (thrown != null || response == null) {
      Failure failure =
          Failure.of(thrown == null ? new IllegalStateException("no response") : thrown);
      return ClaimReply.all(
          entries.size(), failure.isDenied() ? deny() : new ClaimReply.Failed(failure));
    }
    time.observe(response, null);
    Map<String, Map<String, AttributeValue>> standing = byId(response.responses().get(ledger));
    KeysAndAttributes left = response.unprocessedKeys().get(ledger);
    Map<String, Map<String, AttributeValue>> unprocessed = byId(left == null ? null : left.keys());
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
      return new ClaimReply.Alone();
    }
    ClaimReply reply = ClaimReply.held(item);
    // Whether it has expired, the condition of the put decides.
    boolean mayBeTakenOver =
        reply instanceof ClaimReply.Held held
            && held.expireAt() < time.epochSeconds()
            && !held.standing().source().equals(mine.source());
    return mayBeTakenOver ? new ClaimReply.Alone() : reply;
  }

  private ClaimReply deny() {
    if (denied.compareAndSet(false, true)) {
      log.warn(
          "Table {}: dynamodb:BatchGetItem is not permitted, so claims of known events are asked"
              + " for one by one. Permit it to have them asked for in batches.",
          ledger);
    }
    return new ClaimReply.Alone();
  }

  private static Map<String, Map<String, AttributeValue>> byId(
      @Nullable List<Map<String, AttributeValue>> items) {
    Map<String, Map<String, AttributeValue>> byId = new HashMap<>();
    if (items != null) {
      for (Map<String, AttributeValue> item : items) {
        AttributeValue id = item.get(LedgerTable.PARTITION_KEY);
        if (id != null && id.s() != null) {
          byId.put(id.s(), item);
        }
      }
    }
    return byId;
  }
}
