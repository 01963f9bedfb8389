package dev.sluice.request;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;

/**
 * Up to 25 {@code INSERT} statements in one {@code BatchExecuteStatement}, until the account turns
 * out not to permit {@code dynamodb:PartiQLInsert}: it says so once it knows. Safe for use by
 * several threads.
 */
final class InsertBatch {
  private static final Logger log = LoggerFactory.getLogger(InsertBatch.class);

  private final RequestSettings settings;
  private final String table;
  private final String what;
  private final Consumer<AwsResponse> observer;
  private final AtomicBoolean denied = new AtomicBoolean();

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param table the table, for the log
   * @param what is inserted, for the log
   * @param observer sees every response
   */
  InsertBatch(RequestSettings settings, String table, String what, Consumer<AwsResponse> observer) {
    this.settings = settings;
    this.table = table;
    this.what = what;
    this.observer = observer;
  }

  /** Whether nobody need send any: the account does not permit it. */
  boolean isDenied() {
    return denied.get();
  }

  /** Sends the statements; never fails. */
  CompletableFuture<InsertReply> send(
      List<BatchStatementRequest> statements, Consumption consumption) {
    return settings
        .client()
        .batchExecuteStatement(
            BatchExecuteStatementRequest.builder()
                .statements(statements)
                .overrideConfiguration(settings.override())
                .returnConsumedCapacity(settings.capacityWanted(consumption))
                .build())
        .handle((response, thrown) -> reply(statements.size(), response, thrown, consumption));
  }

  private InsertReply reply(
      int sent,
      @Nullable BatchExecuteStatementResponse response,
      @Nullable Throwable thrown,
      Consumption consumption) {
    if (thrown != null || response == null) {
      Failure failure =
          Failure.of(thrown == null ? new IllegalStateException("no response") : thrown);
      return failure.isDenied() ? deny() : new InsertReply.Failed(failure);
    }
    settings.consumed(response.consumedCapacity(), consumption);
    observer.accept(response);
    List<BatchStatementResponse> statements = response.responses();
    if (statements.size() != sent) {
      return new InsertReply.Failed(
          new Failure(Failure.Kind.UNKNOWN, "MissingStatementResponses", null));
    }
    // One that is denied among others says something of that item, and nothing of statements.
    return statements.stream().allMatch(InsertBatch::wasDenied)
        ? deny()
        : new InsertReply.PerStatement(statements);
  }

  private static boolean wasDenied(BatchStatementResponse statement) {
    return statement.error() != null
        && statement.error().code() == BatchStatementErrorCodeEnum.ACCESS_DENIED;
  }

  private InsertReply deny() {
    if (denied.compareAndSet(false, true)) {
      log.warn(
          "Table {}: dynamodb:PartiQLInsert is not permitted, so {} go out one by one, at several"
              + " times the requests. Permit it to have them batched.",
          table,
          what);
    }
    return new InsertReply.Denied();
  }
}
