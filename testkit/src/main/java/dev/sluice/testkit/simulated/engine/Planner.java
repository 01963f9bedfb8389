package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.expression.ConditionExpression;
import dev.sluice.testkit.simulated.expression.Expression;
import dev.sluice.testkit.simulated.expression.Placeholders;
import dev.sluice.testkit.simulated.expression.UpdateExpression;
import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.item.StoredItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Works out what a write will do. It happens in two steps, so that all writes of a request can be
 * checked before any of them is worked out.
 */
final class Planner {

  private final Tables tables;
  private final Expressions expressions;

  Planner(Tables tables, Expressions expressions) {
    this.tables = tables;
    this.expressions = expressions;
  }

  /** A write that is right in itself. */
  record Checked(
      WriteOrder order,
      Table table,
      ItemKey key,
      @Nullable StoredItem put,
      @Nullable ConditionExpression condition,
      @Nullable UpdateExpression update,
      Placeholders placeholders) {}

  PlannedWrite plan(WriteOrder order) {
    return plan(check(order));
  }

  Checked check(WriteOrder order) {
    var condition = order.condition() == null ? null : expressions.condition(order.condition());
    var update = order.update() == null ? null : expressions.update(order.update());
    var placeholders = Placeholders.of(order.names(), order.values(), used(condition, update));
    if (condition != null) {
      condition.check(placeholders);
    } else if (order.kind() == WriteOrder.Kind.CHECK) {
      throw validation("a condition check needs a condition");
    }
    boolean put = order.kind() == WriteOrder.Kind.PUT;
    var stored = StoredItem.of(order.content());
    var table = tables.require(order.table());
    if (update != null) {
      update.check(table.schema(), placeholders);
    }
    if (put) {
      table.requireIndexable(stored.attributes());
    }
    var key =
        put
            ? table.schema().ofItem(stored.attributes())
            : table.schema().ofKey(stored.attributes());
    return new Checked(order, table, key, put ? stored : null, condition, update, placeholders);
  }

  PlannedWrite plan(Checked write) {
    var order = write.order();
    var before = write.table().get(write.key());
    Map<String, AttributeValue> seen = before == null ? Map.of() : before.attributes();
    var condition = write.condition();
    boolean holds = condition == null || condition.holds(seen, write.placeholders());
    var after =
        switch (order.kind()) {
          case PUT -> write.put();
          case DELETE -> null;
          case CHECK -> before;
          case UPDATE -> holds ? updated(write, before) : before;
        };
    var update =
        write.update() == null
            ? null
            : new PlannedWrite.AppliedUpdate(write.update(), write.placeholders());
    return new PlannedWrite(order.kind(), write.table(), write.key(), holds, before, after, update);
  }

  private static StoredItem updated(Checked write, @Nullable StoredItem before) {
    var from = before == null ? StoredItem.of(write.order().content()) : before;
    if (write.update() == null) {
      return from;
    }
    var updated = StoredItem.of(write.update().apply(from.attributes(), write.placeholders()));
    write.table().requireIndexable(updated.attributes());
    return updated;
  }

  private static List<Expression> used(
      @Nullable ConditionExpression condition, @Nullable UpdateExpression update) {
    if (update == null) {
      return condition == null ? List.of() : List.of(condition);
    }
    List<Expression> both = new ArrayList<>(2);
    both.add(update);
    if (condition != null) {
      both.add(condition);
    }
    return both;
  }
}
