package dev.sluice.request;

import dev.sluice.item.TableWithKeys;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementError;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;

/**
 * Creates by {@code BatchExecuteStatement}, up to 25 a request, each answered for itself; an item
 * that exists already is success. Where items expire, a statement cannot say whether that one has:
 * then it is settled by the conditional put. One alone, or whatever cannot be said in a statement,
 * goes as a conditional {@code PutItem}, and so does everything while {@code BatchExecuteStatement}
 * is denied or not known.
 */
public final class CreateBatch implements EffectBatch {
  private final InsertStatement insert;
  private final InsertBatch batch;
  private final CreatePut single;
  private final BatchReply.ItemReply standing;

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param table the table to write to
   * @param time by which its items expire, if it declares that they do
   */
  public CreateBatch(RequestSettings settings, TableWithKeys table, ServiceTime time) {
    ItemExpiry expiry = ItemExpiry.of(table, time);
    this.insert = new InsertStatement(table.name());
    this.batch =
        new InsertBatch(
            settings, table.name(), "creates", response -> expiry.observe(response, null));
    this.single = new CreatePut(settings, table, expiry);
    this.standing =
        expiry.isDeclared()
            ? new BatchReply.ItemReply.Standing()
            : BatchReply.ItemReply.Done.INSTANCE;
  }

  @Override
  public boolean isOneByOne() {
    return batch.isAbsent();
  }

  @Override
  public CompletableFuture<BatchReply> send(List<EffectRequest> effects, Consumption consumption) {
    if (effects.size() == 1) {
      return single.send(effects.get(0), consumption);
    }
    List<Optional<BatchStatementRequest>> each = new ArrayList<>(effects.size());
    List<BatchStatementRequest> statements = new ArrayList<>(effects.size());
    for (EffectRequest effect : effects) {
      Optional<BatchStatementRequest> statement = insert.of(effect.item());
      each.add(statement);
      statement.ifPresent(statements::add);
    }
    return statements.isEmpty()
        ? CompletableFuture.completedFuture(new BatchReply.OneByOne())
        : batch.send(statements, consumption).thenApply(reply -> reply(each, reply));
  }

  private BatchReply reply(List<Optional<BatchStatementRequest>> asked, InsertReply reply) {
    if (reply instanceof InsertReply.Failed whole) {
      return new BatchReply.Failed(whole.failure());
    }
    if (reply instanceof InsertReply.PerStatement each) {
      Iterator<BatchStatementResponse> statements = each.statements().iterator();
      List<BatchReply.ItemReply> items = new ArrayList<>(asked.size());
      for (Optional<BatchStatementRequest> statement : asked) {
        items.add(
            statement.isPresent()
                ? itemReply(statements.next().error())
                : new BatchReply.ItemReply.Alone());
      }
      return new BatchReply.PerItem(items);
    }
    return new BatchReply.OneByOne();
  }

  private BatchReply.ItemReply itemReply(@Nullable BatchStatementError error) {
    if (error == null) {
      return BatchReply.ItemReply.Done.INSTANCE;
    }
    if (error.code() == BatchStatementErrorCodeEnum.DUPLICATE_ITEM) {
      return standing;
    }
    Failure failure = Failure.ofPart(error.codeAsString());
    return failure.isDenied()
        ? new BatchReply.ItemReply.Alone()
        : new BatchReply.ItemReply.Failed(failure);
  }
}
