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
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
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

  /** A write that is right as far as can be said without the types of its table's keys. */
  record Parsed(
      WriteOrder order,
      Table table,
      StoredItem content,
      @Nullable ConditionExpression condition,
      @Nullable UpdateExpression update,
      Placeholders placeholders) {

    /** The bytes that it sends. */
    int bytes() {
      return isPut() ? content.bytes() : 0;
    }

    boolean isPut() {
      return order.kind() == WriteOrder.Kind.PUT;
    }
  }

  /** A write that is right in itself. */
  record Checked(Parsed parsed, ItemKey key) {

    Table table() {
      return parsed.table();
    }
  }

  PlannedWrite plan(WriteOrder order) {
    return plan(check(order));
  }

  Checked check(WriteOrder order) {
    return locate(parse(order));
  }

  /** The first half of {@link #check}: what a transaction is refused for as a whole. */
  Parsed parse(WriteOrder order) {
    var condition = order.condition() == null ? null : expressions.condition(order.condition());
    var update = order.update() == null ? null : expressions.update(order.update());
    var placeholders = Placeholders.of(order.names(), order.values(), used(condition, update));
    if (condition != null) {
      condition.check(placeholders);
    } else if (order.kind() == WriteOrder.Kind.CHECK) {
      throw validation("a condition check needs a condition");
    }
    // The SDK has a map of its own for what is not given.
    if (order.content() instanceof SdkAutoConstructMap) {
      throw validation("the item, or its key, is missing");
    }
    var content = StoredItem.of(order.content());
    var table = tables.require(order.table());
    if (update != null) {
      update.check(table.schema(), placeholders);
      table.requireNoEmptyKey(update.given(placeholders));
    }
    table.requireNoEmptyKey(content.attributes());
    if (order.kind() != WriteOrder.Kind.PUT) {
      table.schema().requireCount(content.attributes());
    }
    return new Parsed(order, table, content, condition, update, placeholders);
  }

  /** The second half: what a transaction is cancelled for, with a reason for this action. */
  Checked locate(Parsed parsed) {
    var schema = parsed.table().schema();
    var attributes = parsed.content().attributes();
    if (parsed.isPut()) {
      parsed.table().requireIndexable(attributes);
    }
    return new Checked(
        parsed, parsed.isPut() ? schema.ofItem(attributes) : schema.ofKey(attributes));
  }

  PlannedWrite plan(Checked checked) {
    var write = checked.parsed();
    var order = write.order();
    var before = write.table().get(checked.key());
    Map<String, AttributeValue> seen = before == null ? Map.of() : before.attributes();
    var condition = write.condition();
    boolean holds = condition == null || condition.holds(seen, write.placeholders());
    var after =
        switch (order.kind()) {
          case PUT -> write.content();
          case DELETE -> null;
          case CHECK -> before;
          case UPDATE -> holds ? updated(write, before) : before;
        };
    var update =
        write.update() == null
            ? null
            : new PlannedWrite.AppliedUpdate(write.update(), write.placeholders());
    return new PlannedWrite(
        order.kind(), write.table(), checked.key(), holds, before, after, update);
  }

  private static StoredItem updated(Parsed write, @Nullable StoredItem before) {
    var from = before == null ? write.content() : before;
    if (write.update() == null) {
      return from;
    }
    var updated = StoredItem.of(write.update().apply(from.attributes(), write.placeholders()));
    write.table().requireNoEmptyKey(updated.attributes());
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
