package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.throughput.Charge;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.Capacity;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/** The units of one request by table, as far as it asked for them. */
final class Consumption {

  private final boolean asked;
  private final boolean indexes;
  private final Map<String, Double> units = new LinkedHashMap<>(2);

  Consumption(@Nullable ReturnConsumedCapacity asked) {
    this.indexes = asked == ReturnConsumedCapacity.INDEXES;
    this.asked = indexes || asked == ReturnConsumedCapacity.TOTAL;
  }

  void add(Charge charge) {
    if (asked) {
      units.merge(charge.table(), charge.units(), Double::sum);
    }
  }

  /** For a reply that has one element per table; null if it was not asked for. */
  @Nullable List<ConsumedCapacity> byTable() {
    return asked
        ? units.entrySet().stream().map(e -> capacity(e.getKey(), e.getValue())).toList()
        : null;
  }

  /** For a reply about one table; null if it was not asked for. */
  @Nullable ConsumedCapacity single() {
    var all = byTable();
    return all == null || all.isEmpty() ? null : all.get(0);
  }

  private ConsumedCapacity capacity(String table, double total) {
    var capacity = ConsumedCapacity.builder().tableName(table).capacityUnits(total);
    if (indexes) {
      capacity.table(Capacity.builder().capacityUnits(total).build());
    }
    return capacity.build();
  }
}
