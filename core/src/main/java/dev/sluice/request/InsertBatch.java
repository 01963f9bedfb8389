package dev.sluice.request;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;

/**
 * Up to 25 {@code INSERT} statements in one {@code BatchExecuteStatement}, as long as the account
 * permits them and the endpoint knows them. Safe for use by several threads.
 */
final class InsertBatch {
  private static final String ARN = "arn:";

  private final RequestSettings settings;
  private final Consumer<AwsResponse> observer;
  private final OptionalOperation operation;
  private final boolean byArn;

  /**
   * Creates the operation.
   *
   * @param settings what all operations share
   * @param table the table
   * @param what is inserted, for the log
   * @param observer sees every response
   */
  InsertBatch(RequestSettings settings, String table, String what, Consumer<AwsResponse> observer) {
    this.settings = settings;
    this.observer = observer;
    this.operation =
        new OptionalOperation(
            settings.clock(),
            table,
            "BatchExecuteStatement",
            "dynamodb:PartiQLInsert",
            what + " go out one by one, at several times the requests");
    // Statements know no other account's tables (developer guide), and so no ARNs.
    this.byArn = table.startsWith(ARN);
  }

  /** Whether nobody need send any for now. */
  boolean isAbsent() {
    return byArn || operation.isAbsent();
  }

  /** Sends the statements; never fails. */
  CompletableFuture<InsertReply> send(
      List<BatchStatementRequest> statements, Consumption consumption) {
    BatchExecuteStatementRequest request =
        BatchExecuteStatementRequest.builder()
            .statements(statements)
            .overrideConfiguration(settings.override())
            .returnConsumedCapacity(settings.capacityWanted(consumption))
            .build();
    return RequestSettings.answer(
            OptionalOperation.call(() -> settings.client().batchExecuteStatement(request)))
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
      return failure.isOfOperation() ? absent(failure) : new InsertReply.Failed(failure);
    }
    settings.consumed(response.consumedCapacity(), consumption);
    observer.accept(response);
    List<BatchStatementResponse> statements = response.responses();
    if (statements.size() != sent) {
      return new InsertReply.Failed(
          new Failure(Failure.Kind.UNKNOWN, "MissingStatementResponses", null));
    }
    // One that is denied among others says something of that item, and nothing of statements.
    if (sent > 1 && statements.stream().allMatch(InsertBatch::wasDenied)) {
      return absent(Failure.ofPart(statements.get(0).error().codeAsString()));
    }
    operation.present();
    return new InsertReply.PerStatement(statements);
  }

  private static boolean wasDenied(BatchStatementResponse statement) {
    return statement.error() != null
        && statement.error().code() == BatchStatementErrorCodeEnum.ACCESS_DENIED;
  }

  private InsertReply absent(Failure failure) {
    operation.absent(failure);
    return new InsertReply.Absent();
  }
}
