package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.expression.Statement;
import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.item.StoredItem;
import dev.sluice.testkit.simulated.throughput.Admission;
import dev.sluice.testkit.simulated.throughput.Charge;
import dev.sluice.testkit.simulated.throughput.UnitKind;
import dev.sluice.testkit.simulated.throughput.Units;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementError;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** {@code BatchExecuteStatement}: each statement is answered for itself. */
final class Statements {

  /** The most statements in a batch: {@code BatchExecuteStatement} of the API reference. */
  private static final int MOST_STATEMENTS = 25;

  /** The longest statement, in characters: {@code BatchStatementRequest} of the same. */
  private static final int LONGEST = 8192;

  /** A statement with its parameters, or without, if they are not as many as it asks for. */
  private record Bound(
      Statement statement, @Nullable Map<String, AttributeValue> attributes, boolean consistent) {}

  private record Place(String table, ItemKey key) {}

  private final Tables tables;
  private final Planner planner;
  private final Expressions expressions;
  private final Admission admission;

  Statements(Tables tables, Planner planner, Expressions expressions, Admission admission) {
    this.tables = tables;
    this.planner = planner;
    this.expressions = expressions;
    this.admission = admission;
  }

  BatchExecuteStatementResponse execute(BatchExecuteStatementRequest request, long now) {
    var statements = bind(request.statements());
    refuseRepeatedItems(statements);
    var consumption = new Consumption(request.returnConsumedCapacity());
    List<BatchStatementResponse> responses = new ArrayList<>(statements.size());
    for (var statement : statements) {
      responses.add(answer(statement, consumption, now));
    }
    return BatchExecuteStatementResponse.builder()
        .responses(responses)
        .consumedCapacity(consumption.byTable())
        .build();
  }

  private List<Bound> bind(List<BatchStatementRequest> requests) {
    if (requests.isEmpty() || requests.size() > MOST_STATEMENTS) {
      throw validation("a batch of " + requests.size() + " statements");
    }
    List<Bound> bound = new ArrayList<>(requests.size());
    for (var request : Members.present(requests, "Statements")) {
      int length = request.statement() == null ? 0 : request.statement().length();
      if (length == 0 || length > LONGEST) {
        throw validation("a statement of " + length + " characters");
      }
      var statement = expressions.statement(request.statement());
      var names = statement.attributes();
      var values = request.parameters();
      boolean consistent = Boolean.TRUE.equals(request.consistentRead());
      if (names.size() != values.size()) {
        bound.add(new Bound(statement, null, consistent));
        continue;
      }
      Map<String, AttributeValue> attributes = new LinkedHashMap<>(names.size() * 2);
      for (int i = 0; i < names.size(); i++) {
        attributes.put(names.get(i), values.get(i));
      }
      var normal = StoredItem.normal(attributes);
      bound.add(new Bound(statement, normal, consistent));
    }
    var kind = bound.get(0).statement().kind();
    if (bound.stream().anyMatch(each -> each.statement().kind() != kind)) {
      throw validation("reads and writes in one batch");
    }
    return bound;
  }

  /** Statements that are wrong in themselves get their own answer later. */
  private void refuseRepeatedItems(List<Bound> statements) {
    Set<Place> places = new HashSet<>();
    for (var each : statements) {
      var attributes = each.attributes();
      if (attributes == null) {
        continue;
      }
      ItemKey key;
      try {
        key = tables.require(each.statement().table()).schema().ofItem(attributes);
      } catch (DynamoDbException e) {
        continue;
      }
      if (!places.add(new Place(each.statement().table(), key))) {
        throw validation("one item twice in a batch");
      }
    }
  }

  private BatchStatementResponse answer(Bound statement, Consumption consumption, long now) {
    var attributes = statement.attributes();
    if (attributes == null) {
      return BatchStatementResponse.builder()
          .error(error(BatchStatementErrorCodeEnum.VALIDATION_ERROR))
          .build();
    }
    try {
      return statement.statement().kind() == Statement.Kind.INSERT
          ? insert(statement, attributes, consumption, now)
          : select(statement, attributes, consumption, now);
    } catch (ResourceNotFoundException e) {
      return error(statement, BatchStatementErrorCodeEnum.RESOURCE_NOT_FOUND);
    } catch (DynamoDbException e) {
      return error(statement, BatchStatementErrorCodeEnum.VALIDATION_ERROR);
    }
  }

  private BatchStatementResponse insert(
      Bound statement, Map<String, AttributeValue> attributes, Consumption consumption, long now) {
    var write =
        planner.plan(
            WriteOrder.plain(WriteOrder.Kind.PUT, statement.statement().table(), attributes));
    boolean isNew = write.before() == null;
    var charges = isNew ? write.charges(1) : List.of(write.charge(1));
    var throttle = admission.take(charges, now);
    if (throttle != null) {
      return error(statement, throttle.statementCode());
    }
    if (!isNew) {
      return error(statement, BatchStatementErrorCodeEnum.DUPLICATE_ITEM);
    }
    charges.forEach(consumption::add);
    write.apply(now);
    return BatchStatementResponse.builder().tableName(write.table().name()).build();
  }

  private BatchStatementResponse select(
      Bound statement, Map<String, AttributeValue> attributes, Consumption consumption, long now) {
    var table = tables.require(statement.statement().table());
    var key = table.schema().ofKey(StoredItem.of(attributes).attributes());
    var item = table.read(key, statement.consistent(), now);
    double units = Units.read(item == null ? 0 : item.bytes(), statement.consistent());
    var charge = new Charge(table.name(), key.partition(), UnitKind.READ, units);
    var throttle = admission.take(charge, now);
    if (throttle != null) {
      return error(statement, throttle.statementCode());
    }
    consumption.add(charge);
    var response = BatchStatementResponse.builder().tableName(table.name());
    if (item != null) {
      response.item(item.attributes());
    }
    return response.build();
  }

  private static BatchStatementResponse error(Bound statement, BatchStatementErrorCodeEnum code) {
    return BatchStatementResponse.builder()
        .tableName(statement.statement().table())
        .error(error(code))
        .build();
  }

  private static BatchStatementError error(BatchStatementErrorCodeEnum code) {
    return BatchStatementError.builder().code(code).message(code.toString()).build();
  }
}
