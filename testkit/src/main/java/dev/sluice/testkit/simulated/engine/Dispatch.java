package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.error.NotSimulatedError;
import dev.sluice.testkit.simulated.throughput.Admission;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;

/** Finds what serves a request, by the request's class, and counts. */
final class Dispatch {

  /** Serves requests of one class. */
  private interface Handler<Q> {
    DynamoDbResponse serve(Q request, Instant now);
  }

  /** Serves requests of one class that need the time as a number. */
  private interface NanoHandler<Q> {
    DynamoDbResponse serve(Q request, long now);
  }

  private record Route(Operation operation, Handler<DynamoDbRequest> handler) {}

  private final Map<Class<?>, Route> routes = new HashMap<>();
  private final Transactions transactions;
  private final Map<Operation, Long> counts = new EnumMap<>(Operation.class);

  Dispatch(Tables tables, TableAdmin admin, Admission admission) {
    var expressions = new Expressions();
    var planner = new Planner(tables, expressions);
    var single = new SingleWrites(planner, admission);
    timed(PutItemRequest.class, Operation.PUT_ITEM, single::put);
    timed(UpdateItemRequest.class, Operation.UPDATE_ITEM, single::update);
    timed(DeleteItemRequest.class, Operation.DELETE_ITEM, single::delete);
    var batches = new BatchWrites(planner, admission);
    timed(BatchWriteItemRequest.class, Operation.BATCH_WRITE_ITEM, batches::write);
    var statements = new Statements(tables, planner, expressions, admission);
    timed(
        BatchExecuteStatementRequest.class, Operation.BATCH_EXECUTE_STATEMENT, statements::execute);
    this.transactions = new Transactions(planner, admission);
    timed(TransactWriteItemsRequest.class, Operation.TRANSACT_WRITE_ITEMS, transactions::write);
    var reads = new Reads(tables, expressions, admission);
    timed(GetItemRequest.class, Operation.GET_ITEM, reads::get);
    timed(BatchGetItemRequest.class, Operation.BATCH_GET_ITEM, reads::batchGet);
    var searches = new Searches(tables, expressions, admission);
    timed(QueryRequest.class, Operation.QUERY, searches::query);
    timed(ScanRequest.class, Operation.SCAN, searches::scan);
    routeTables(admin);
  }

  private void routeTables(TableAdmin admin) {
    route(CreateTableRequest.class, Operation.CREATE_TABLE, admin::create);
    route(DeleteTableRequest.class, Operation.DELETE_TABLE, (r, now) -> admin.delete(r));
    route(DescribeTableRequest.class, Operation.DESCRIBE_TABLE, (r, now) -> admin.describe(r));
    route(ListTablesRequest.class, Operation.LIST_TABLES, (r, now) -> admin.list(r));
    route(
        DescribeTimeToLiveRequest.class,
        Operation.DESCRIBE_TIME_TO_LIVE,
        (r, now) -> admin.describeExpiry(r));
    route(
        UpdateTimeToLiveRequest.class,
        Operation.UPDATE_TIME_TO_LIVE,
        (r, now) -> admin.updateExpiry(r));
  }

  Transactions transactions() {
    return transactions;
  }

  DynamoDbResponse execute(DynamoDbRequest request, Instant now) {
    var route = routes.get(request.getClass());
    if (route == null) {
      throw new NotSimulatedError(request.getClass().getSimpleName());
    }
    counts.merge(route.operation(), 1L, Long::sum);
    return route.handler().serve(request, now);
  }

  Map<Operation, Long> counts() {
    return new EnumMap<>(counts);
  }

  /** Nanoseconds since the epoch. */
  static long nanos(Instant now) {
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }

  private <Q extends DynamoDbRequest> void timed(
      Class<Q> type, Operation operation, NanoHandler<Q> handler) {
    route(type, operation, (request, now) -> handler.serve(request, nanos(now)));
  }

  private <Q extends DynamoDbRequest> void route(
      Class<Q> type, Operation operation, Handler<Q> handler) {
    routes.put(
        type, new Route(operation, (request, now) -> handler.serve(type.cast(request), now)));
  }
}
