package dev.sluice.testkit.simulated.client;

import dev.sluice.testkit.simulated.error.NotSimulatedError;
import dev.sluice.testkit.simulated.throughput.Resource;
import dev.sluice.testkit.simulated.throughput.Throttle;
import dev.sluice.testkit.simulated.throughput.Throughput;
import dev.sluice.testkit.simulated.throughput.UnitKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Batches of which some requests come back as unprocessed: at least one, mostly not all. */
final class Leftovers {

  private final RandomGenerator random;
  private final Function<DynamoDbRequest, DynamoDbResponse> service;

  Leftovers(RandomGenerator random, Function<DynamoDbRequest, DynamoDbResponse> service) {
    this.random = random;
    this.service = service;
  }

  DynamoDbResponse serve(DynamoDbRequest request) {
    if (request instanceof BatchWriteItemRequest write) {
      return write(write);
    }
    if (request instanceof BatchGetItemRequest get) {
      return get(get);
    }
    throw new NotSimulatedError("leftovers of " + request);
  }

  private BatchWriteItemResponse write(BatchWriteItemRequest request) {
    var split = new Split<WriteRequest>(random);
    request.requestItems().forEach(split::add);
    if (split.kept.isEmpty()) {
      throw throttle(request.requestItems(), UnitKind.WRITE).exception();
    }
    var response =
        (BatchWriteItemResponse)
            service.apply(request.toBuilder().requestItems(split.kept).build());
    response.unprocessedItems().forEach(split::leave);
    return response.toBuilder().unprocessedItems(split.left).build();
  }

  private BatchGetItemResponse get(BatchGetItemRequest request) {
    var split = new Split<Map<String, AttributeValue>>(random);
    request.requestItems().forEach((table, group) -> split.add(table, group.keys()));
    if (split.kept.isEmpty()) {
      throw throttle(request.requestItems(), UnitKind.READ).exception();
    }
    var response =
        (BatchGetItemResponse)
            service.apply(request.toBuilder().requestItems(groups(request, split.kept)).build());
    response.unprocessedKeys().forEach((table, group) -> split.leave(table, group.keys()));
    return response.toBuilder().unprocessedKeys(groups(request, split.left)).build();
  }

  private static Map<String, KeysAndAttributes> groups(
      BatchGetItemRequest request, Map<String, List<Map<String, AttributeValue>>> keys) {
    Map<String, KeysAndAttributes> groups = new LinkedHashMap<>();
    request
        .requestItems()
        .forEach(
            (table, group) -> {
              var some = keys.get(table);
              if (some != null) {
                groups.put(table, group.toBuilder().keys(some).build());
              }
            });
    return groups;
  }

  private static Throttle throttle(Map<String, ?> tables, UnitKind kind) {
    var table = tables.keySet().iterator().next();
    return new Throttle(
        Resource.ofTable(table), kind, Throttle.Limit.KEY_RANGE, Throughput.Mode.ON_DEMAND);
  }

  /** Splits requests by table into those that go through and those that do not. */
  private static final class Split<E> {
    private final Map<String, List<E>> kept = new LinkedHashMap<>();
    private final Map<String, List<E>> left = new LinkedHashMap<>();
    private final RandomGenerator random;

    Split(RandomGenerator random) {
      this.random = random;
    }

    void add(String table, List<E> requests) {
      int surely = left.isEmpty() ? random.nextInt(requests.size()) : -1;
      for (int i = 0; i < requests.size(); i++) {
        boolean leave = i == surely || random.nextBoolean();
        put(leave ? left : kept, table, requests.get(i));
      }
    }

    void leave(String table, List<E> requests) {
      requests.forEach(request -> put(left, table, request));
    }

    private static <E> void put(Map<String, List<E>> map, String table, E request) {
      map.computeIfAbsent(table, name -> new ArrayList<>()).add(request);
    }
  }
}
