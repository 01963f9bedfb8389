package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.expression.Placeholders;
import dev.sluice.testkit.simulated.expression.UpdateExpression;
import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.item.StoredItem;
import dev.sluice.testkit.simulated.throughput.Charge;
import dev.sluice.testkit.simulated.throughput.UnitKind;
import dev.sluice.testkit.simulated.throughput.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A change of one item, worked out but not made.
 *
 * @param kind what is done
 * @param table where
 * @param key to which item
 * @param holds whether its condition holds
 * @param before the item that stands, or null
 * @param after what is to stand, or null for nothing; if the condition fails, what would have stood
 * @param update the update and its placeholders, or null
 */
record PlannedWrite(
    WriteOrder.Kind kind,
    Table table,
    ItemKey key,
    boolean holds,
    @Nullable StoredItem before,
    @Nullable StoredItem after,
    @Nullable AppliedUpdate update) {

  /** An update expression with what its placeholders stand for. */
  record AppliedUpdate(UpdateExpression expression, Placeholders placeholders) {}

  /**
   * What it costs of its table alone, as when it is refused for a condition. The larger of what
   * stood and what is to stand decides, and a failed condition costs as much.
   */
  Charge charge(int factor) {
    int bytes = Math.max(before == null ? 0 : before.bytes(), after == null ? 0 : after.bytes());
    return new Charge(table.name(), key.partition(), UnitKind.WRITE, Units.write(bytes) * factor);
  }

  /** What it costs when it is made: of its table, doubled in a transaction, and of its indexes. */
  List<Charge> charges(int factor) {
    if (kind == WriteOrder.Kind.CHECK || !holds || table.indexes().isEmpty()) {
      return List.of(charge(factor));
    }
    List<Charge> charges = new ArrayList<>();
    charges.add(charge(factor));
    charges.addAll(IndexCharges.of(table, before, after));
    return charges;
  }

  void apply(long now) {
    if (kind != WriteOrder.Kind.CHECK) {
      table.set(key, before, after, now);
    }
  }

  @Nullable Map<String, AttributeValue> old() {
    return before == null ? null : before.attributes();
  }
}
