package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.throughput.Admission;
import dev.sluice.testkit.simulated.throughput.Throttle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** {@code BatchWriteItem}: what is throttled comes back unprocessed, unless that is all. */
final class BatchWrites {

  /** The most requests in a batch: {@code BatchWriteItem} of the API reference. */
  private static final int MOST_REQUESTS = 25;

  /** The largest batch, in bytes: the same. */
  private static final long MOST_BYTES = 16L * 1024 * 1024;

  private record Part(WriteRequest request, Planner.Checked write) {}

  private record Place(Table table, ItemKey key) {}

  private final Planner planner;
  private final Admission admission;

  BatchWrites(Planner planner, Admission admission) {
    this.planner = planner;
    this.admission = admission;
  }

  BatchWriteItemResponse write(BatchWriteItemRequest request, long now) {
    SingleWrites.refuseMetrics(request.returnItemCollectionMetrics());
    var parts = check(request.requestItems());
    var consumption = new Consumption(request.returnConsumedCapacity());
    Map<String, List<WriteRequest>> unprocessed = new LinkedHashMap<>(2);
    Throttle last = null;
    int made = 0;
    for (var part : parts) {
      var throttle = make(part, consumption, now);
      if (throttle == null) {
        made++;
      } else {
        last = throttle;
        unprocessed
            .computeIfAbsent(part.write().table().name(), name -> new ArrayList<>())
            .add(part.request());
      }
    }
    if (made == 0 && last != null) {
      throw last.exception();
    }
    return BatchWriteItemResponse.builder()
        .unprocessedItems(unprocessed)
        .consumedCapacity(consumption.byTable())
        .build();
  }

  private @Nullable Throttle make(Part part, Consumption consumption, long now) {
    var write = planner.plan(part.write());
    var charges = write.charges(1);
    var throttle = admission.take(charges, now);
    if (throttle == null) {
      charges.forEach(consumption::add);
      write.apply(now);
    }
    return throttle;
  }

  private List<Part> check(Map<String, List<WriteRequest>> requests) {
    int count =
        Members.present(requests, "RequestItems").values().stream().mapToInt(List::size).sum();
    if (count == 0 || count > MOST_REQUESTS || requests.values().stream().anyMatch(List::isEmpty)) {
      throw validation("a batch of " + count + " requests");
    }
    List<Part> parts = new ArrayList<>(count);
    Set<Place> places = new HashSet<>();
    long bytes = 0;
    for (var table : requests.entrySet()) {
      for (var request : Members.present(table.getValue(), "the requests of a table")) {
        var write = planner.check(order(table.getKey(), request));
        if (!places.add(new Place(write.table(), write.key()))) {
          throw validation("one item twice in a batch");
        }
        bytes += write.parsed().bytes();
        parts.add(new Part(request, write));
      }
    }
    if (bytes > MOST_BYTES) {
      throw validation("a batch of " + bytes + " bytes");
    }
    return parts;
  }

  private static WriteOrder order(String table, WriteRequest request) {
    if ((request.putRequest() == null) == (request.deleteRequest() == null)) {
      throw validation("a request is one put or one delete");
    }
    return request.putRequest() != null
        ? WriteOrder.plain(WriteOrder.Kind.PUT, table, request.putRequest().item())
        : WriteOrder.plain(WriteOrder.Kind.DELETE, table, request.deleteRequest().key());
  }
}
