package dev.sluice.request;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.ledger.LedgerItem;
import dev.sluice.model.LedgerTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementError;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;

/**
 * Claims in batches: an {@code INSERT} each, which succeeds or fails alone, at the price of
 * ordinary puts. That an entry exists is all that it says; whose it is must be asked.
 */
public final class ClaimInserts {
  private final LedgerTable ledger;
  private final ServiceTime time;
  private final InsertBatch batch;
  // By the form of an entry.
  private final List<String> texts;

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param ledger the ledger table
   * @param time by which claims expire
   */
  public ClaimInserts(RequestSettings settings, LedgerTable ledger, ServiceTime time) {
    this.ledger = ledger;
    this.time = time;
    this.batch =
        new InsertBatch(
            settings, ledger.name(), "claims", response -> time.observe(response, null));
    this.texts =
        LedgerItem.forms().stream()
            .map(names -> InsertStatement.text(ledger.name(), names))
            .toList();
  }

  /** {@return whether they are denied or not known, for now: claims go one by one} */
  public boolean isAbsent() {
    return batch.isAbsent();
  }

  /**
   * Sends claims.
   *
   * @param entries what to put: 2 to 25 entries of as many different ids
   * @param consumption takes what it has consumed
   * @return what came back for each, in their order; never fails
   */
  public CompletableFuture<List<ClaimReply>> send(
      List<LedgerEntry> entries, Consumption consumption) {
    long expireAt = ClaimExpiry.of(ledger, time.latestSeconds());
    AttributeValue expiry = AttributeValue.fromN(Long.toString(expireAt));
    List<BatchStatementRequest> statements = new ArrayList<>(entries.size());
    for (LedgerEntry entry : entries) {
      statements.add(
          BatchStatementRequest.builder()
              .statement(texts.get(LedgerItem.form(entry)))
              .parameters(LedgerItem.parameters(entry, expiry))
              .build());
    }
    return batch
        .send(statements, consumption)
        .thenApply(reply -> replies(entries.size(), expireAt, reply));
  }

  private static List<ClaimReply> replies(int count, long expireAt, InsertReply reply) {
    if (reply instanceof InsertReply.PerStatement each) {
      ClaimReply claimed = new ClaimReply.Claimed(expireAt);
      List<ClaimReply> replies = new ArrayList<>(count);
      for (BatchStatementResponse response : each.statements()) {
        replies.add(reply(claimed, response.error()));
      }
      return replies;
    }
    if (reply instanceof InsertReply.Failed whole && !isOfOne(whole.failure())) {
      return ClaimReply.all(count, new ClaimReply.Failed(whole.failure()));
    }
    return ClaimReply.all(count, new ClaimReply.NotPut());
  }

  private static ClaimReply reply(ClaimReply claimed, @Nullable BatchStatementError error) {
    if (error == null) {
      return claimed;
    }
    if (error.code() == BatchStatementErrorCodeEnum.DUPLICATE_ITEM) {
      return new ClaimReply.Exists();
    }
    Failure failure = Failure.ofPart(error.codeAsString());
    return isOfOne(failure) ? new ClaimReply.NotPut() : new ClaimReply.Failed(failure);
  }

  /** Whether what was rejected must be asked for alone, so that it fails alone. */
  private static boolean isOfOne(Failure failure) {
    return failure.kind() == Failure.Kind.RECORD || failure.isDenied();
  }
}
