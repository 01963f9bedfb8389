package dev.sluice.request;

import dev.sluice.item.KeyedTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementError;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;

/**
 * Creates by {@code BatchExecuteStatement}, up to 25 a request, each answered for itself; an item
 * that exists already is success. One alone, or whatever cannot be said in a statement, goes as a
 * conditional {@code PutItem}, and so does everything once the account turns out not to permit
 * {@code dynamodb:PartiQLInsert}.
 */
public final class CreateBatch implements EffectBatch {
  private static final Logger log = LoggerFactory.getLogger(CreateBatch.class);

  private final RequestSettings settings;
  private final KeyedTable table;
  private final InsertStatement insert;
  private final CreatePut single;
  private final AtomicBoolean partiqlDenied = new AtomicBoolean();

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param table the table to write to
   */
  public CreateBatch(RequestSettings settings, KeyedTable table) {
    this.settings = settings;
    this.table = table;
    this.insert = new InsertStatement(table.name());
    this.single = new CreatePut(settings, table);
  }

  @Override
  public CompletableFuture<BatchReply> send(List<EffectRequest> effects) {
    if (effects.size() == 1) {
      return single.send(effects.get(0));
    }
    List<BatchStatementRequest> statements = statements(effects);
    if (partiqlDenied.get() || statements.size() < effects.size()) {
      return CompletableFuture.completedFuture(new BatchReply.OneByOne());
    }
    return settings
        .client()
        .batchExecuteStatement(
            BatchExecuteStatementRequest.builder()
                .statements(statements)
                .overrideConfiguration(settings.override())
                .returnConsumedCapacity(settings.capacityWanted())
                .build())
        .whenComplete(
            (response, thrown) -> {
              if (response != null) {
                settings.consumed(response.consumedCapacity());
              }
            })
        .handle((response, thrown) -> reply(effects.size(), response, thrown))
        .thenApply(this::oneByOneIfDenied);
  }

  /** The effects as statements, up to the first that cannot be one. */
  private List<BatchStatementRequest> statements(List<EffectRequest> effects) {
    List<BatchStatementRequest> statements = new ArrayList<>(effects.size());
    for (EffectRequest effect : effects) {
      Optional<BatchStatementRequest> statement = insert.of(effect.item());
      if (statement.isEmpty()) {
        break;
      }
      statements.add(statement.get());
    }
    return statements;
  }

  private BatchReply oneByOneIfDenied(BatchReply reply) {
    if (!isDenied(reply)) {
      return reply;
    }
    if (partiqlDenied.compareAndSet(false, true)) {
      log.warn(
          "Table {}: dynamodb:PartiQLInsert is not permitted, so creates go out one by one, at"
              + " several times the requests. Permit it to have them batched.",
          table.name());
    }
    return new BatchReply.OneByOne();
  }

  private static boolean isDenied(BatchReply reply) {
    if (reply instanceof BatchReply.Failed whole) {
      return whole.failure().isDenied();
    }
    return reply instanceof BatchReply.PerItem each
        && each.items().stream()
            .anyMatch(
                item ->
                    item instanceof BatchReply.ItemReply.Failed failed
                        && failed.failure().isDenied());
  }

  private static BatchReply reply(
      int sent, @Nullable BatchExecuteStatementResponse response, @Nullable Throwable thrown) {
    if (thrown != null || response == null) {
      return new BatchReply.Failed(
          Failure.of(thrown == null ? new IllegalStateException("no response") : thrown));
    }
    List<BatchStatementResponse> responses = response.responses();
    if (responses.size() != sent) {
      return new BatchReply.Failed(
          new Failure(Failure.Kind.UNKNOWN, "MissingStatementResponses", null));
    }
    return new BatchReply.PerItem(responses.stream().map(each -> itemReply(each.error())).toList());
  }

  private static BatchReply.ItemReply itemReply(@Nullable BatchStatementError error) {
    if (error == null || error.code() == BatchStatementErrorCodeEnum.DUPLICATE_ITEM) {
      return new BatchReply.ItemReply.Done();
    }
    return new BatchReply.ItemReply.Failed(Failure.ofStatement(error.codeAsString()));
  }
}
