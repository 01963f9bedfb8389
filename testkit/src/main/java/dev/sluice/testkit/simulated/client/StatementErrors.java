package dev.sluice.testkit.simulated.client;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementError;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;

/** Batches of statements of which some, at least one, are answered with a passing error. */
final class StatementErrors {

  private static final String INTERNAL_SERVER_ERROR = "InternalServerError";
  private static final List<String> CODES =
      List.of(
          "ProvisionedThroughputExceeded",
          "ThrottlingError",
          "RequestLimitExceeded",
          "TransactionConflict",
          "ReplicatedWriteConflict",
          INTERNAL_SERVER_ERROR);

  private final RandomGenerator random;
  private final Function<DynamoDbRequest, DynamoDbResponse> service;

  StatementErrors(RandomGenerator random, Function<DynamoDbRequest, DynamoDbResponse> service) {
    this.random = random;
    this.service = service;
  }

  DynamoDbResponse serve(BatchExecuteStatementRequest request) {
    int count = request.statements().size();
    Map<Integer, String> errors = new TreeMap<>();
    int surely = random.nextInt(Math.max(1, count));
    List<BatchStatementRequest> executed = new ArrayList<>();
    boolean[] isExecuted = new boolean[count];
    for (int i = 0; i < count; i++) {
      boolean fails = i == surely || random.nextBoolean();
      var code = CODES.get(random.nextInt(CODES.size()));
      if (fails) {
        errors.put(i, code);
      }
      boolean mayLand = code.equals(INTERNAL_SERVER_ERROR);
      isExecuted[i] = !fails || (mayLand && random.nextBoolean());
      if (isExecuted[i]) {
        executed.add(request.statements().get(i));
      }
    }
    return merge(isExecuted, errors, execute(request, executed));
  }

  private BatchExecuteStatementResponse execute(
      BatchExecuteStatementRequest request, List<BatchStatementRequest> statements) {
    return statements.isEmpty()
        ? BatchExecuteStatementResponse.builder().responses(List.of()).build()
        : (BatchExecuteStatementResponse)
            service.apply(request.toBuilder().statements(statements).build());
  }

  private static BatchExecuteStatementResponse merge(
      boolean[] isExecuted, Map<Integer, String> errors, BatchExecuteStatementResponse response) {
    List<BatchStatementResponse> merged = new ArrayList<>(isExecuted.length);
    Iterator<BatchStatementResponse> real = response.responses().iterator();
    for (int i = 0; i < isExecuted.length; i++) {
      var answer = isExecuted[i] ? real.next() : BatchStatementResponse.builder().build();
      var code = errors.get(i);
      merged.add(code == null ? answer : error(code));
    }
    return response.toBuilder().responses(merged).build();
  }

  private static BatchStatementResponse error(String code) {
    return BatchStatementResponse.builder()
        .error(BatchStatementError.builder().code(code).message(code).build())
        .build();
  }
}
