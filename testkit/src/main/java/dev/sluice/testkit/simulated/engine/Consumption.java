package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.throughput.Charge;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.Capacity;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * The units of one request by table, as far as it asked for them. The total of a table has its
 * indexes in it; an index that was not written to does not appear.
 */
final class Consumption {

  /** Units of one table: its own, and those of each index. */
  private static final class Spent {
    private final Map<String, Capacity> global = new TreeMap<>();
    private final Map<String, Capacity> local = new TreeMap<>();
    private double own;
    private double total;

    void add(Charge charge) {
      total += charge.units();
      if (charge.resource().index() != null) {
        add(global, charge.resource().index(), charge.units());
      } else if (charge.localIndex() != null) {
        add(local, charge.localIndex(), charge.units());
      } else {
        own += charge.units();
      }
    }

    private static void add(Map<String, Capacity> indexes, String index, double units) {
      indexes.merge(
          index,
          units(units),
          (left, right) -> units(left.capacityUnits() + right.capacityUnits()));
    }

    ConsumedCapacity capacity(String table, boolean withIndexes) {
      var capacity = ConsumedCapacity.builder().tableName(table).capacityUnits(total);
      if (withIndexes) {
        capacity.table(units(own));
        if (!global.isEmpty()) {
          capacity.globalSecondaryIndexes(global);
        }
        if (!local.isEmpty()) {
          capacity.localSecondaryIndexes(local);
        }
      }
      return capacity.build();
    }

    private static Capacity units(double units) {
      return Capacity.builder().capacityUnits(units).build();
    }
  }

  private final boolean asked;
  private final boolean indexes;
  private final Map<String, Spent> tables = new LinkedHashMap<>(2);

  Consumption(@Nullable ReturnConsumedCapacity asked) {
    Members.known(asked, "ReturnConsumedCapacity");
    this.indexes = asked == ReturnConsumedCapacity.INDEXES;
    this.asked = indexes || asked == ReturnConsumedCapacity.TOTAL;
  }

  void add(Charge charge) {
    if (asked) {
      tables.computeIfAbsent(charge.table(), table -> new Spent()).add(charge);
    }
  }

  /** For a reply that has one element per table; null if it was not asked for. */
  @Nullable List<ConsumedCapacity> byTable() {
    return asked
        ? tables.entrySet().stream().map(e -> e.getValue().capacity(e.getKey(), indexes)).toList()
        : null;
  }

  /** For a reply about one table; null if it was not asked for. */
  @Nullable ConsumedCapacity single() {
    var all = byTable();
    return all == null || all.isEmpty() ? null : all.get(0);
  }
}
