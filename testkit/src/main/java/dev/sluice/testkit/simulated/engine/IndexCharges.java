package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.item.StoredItem;
import dev.sluice.testkit.simulated.throughput.Charge;
import dev.sluice.testkit.simulated.throughput.Resource;
import dev.sluice.testkit.simulated.throughput.UnitKind;
import dev.sluice.testkit.simulated.throughput.Units;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the change of an item costs its table's indexes: "Write capacity units" of global secondary
 * indexes in the developer guide. What an index holds decides, not the item: an entry that stays as
 * it is costs nothing, one that changes in place costs the larger of the two, and one that moves to
 * another key is deleted there and put here. Transactions do not double it.
 */
final class IndexCharges {

  private final Table table;
  private final List<Charge> charges = new ArrayList<>(2);

  private IndexCharges(Table table) {
    this.table = table;
  }

  static List<Charge> of(Table table, @Nullable StoredItem before, @Nullable StoredItem after) {
    var charges = new IndexCharges(table);
    table.indexes().forEach(index -> charges.add(index, index.entry(before), index.entry(after)));
    return charges.charges;
  }

  private void add(Index index, Index.@Nullable Entry before, Index.@Nullable Entry after) {
    if (before != null && after != null && before.key().equals(after.key())) {
      if (!before.isSame(after)) {
        add(index, before, Math.max(before.item().bytes(), after.item().bytes()));
      }
      return;
    }
    if (before != null) {
      add(index, before, before.item().bytes());
    }
    if (after != null) {
      add(index, after, after.item().bytes());
    }
  }

  private void add(Index index, Index.Entry entry, int bytes) {
    charges.add(
        new Charge(
            new Resource(table.name(), index.global() ? index.name() : null),
            index.global() ? null : index.name(),
            entry.key().partition(),
            UnitKind.WRITE,
            Units.write(bytes)));
  }
}
