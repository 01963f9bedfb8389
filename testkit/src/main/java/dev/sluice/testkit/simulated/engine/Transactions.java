package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;
import static java.util.Objects.requireNonNull;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.throughput.Admission;
import dev.sluice.testkit.simulated.throughput.Charge;
import dev.sluice.testkit.simulated.throughput.Throttle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;

/** {@code TransactWriteItems}: all actions or none, at twice the units. */
final class Transactions {

  /** The most actions: {@code TransactWriteItems} of the API reference. */
  private static final int MOST_ACTIONS = 100;

  /** The largest transaction, in bytes: the same. */
  private static final long MOST_BYTES = 4L * 1024 * 1024;

  private static final int FACTOR = 2;
  private static final CancellationReason NONE = CancellationReason.builder().code("None").build();

  /** One action, and where it goes: nowhere, if its key is not of its table's form. */
  private record Action(
      Planner.Parsed parsed,
      Planner.@Nullable Checked write,
      @Nullable ReturnValuesOnConditionCheckFailure onFailure) {}

  /** An action that was worked out, if it could be, and why it cannot be made, if it cannot. */
  private record Outcome(@Nullable PlannedWrite write, CancellationReason reason) {}

  private record Place(Table table, ItemKey key) {}

  private final Planner planner;
  private final Admission admission;
  private final RequestTokens tokens = new RequestTokens();
  private boolean refusesInvalid;

  Transactions(Planner planner, Admission admission) {
    this.planner = planner;
    this.admission = admission;
  }

  TransactWriteItemsResponse write(TransactWriteItemsRequest request, long now) {
    SingleWrites.refuseMetrics(request.returnItemCollectionMetrics());
    var actions = check(request.transactItems());
    var consumption = new Consumption(request.returnConsumedCapacity());
    if (!tokens.isRepeated(request, now)) {
      make(actions, consumption, now);
      tokens.remember(request, now);
    }
    return TransactWriteItemsResponse.builder().consumedCapacity(consumption.byTable()).build();
  }

  /** Whether an invalid item refuses the transaction as a whole, or cancels it. */
  void refuseInvalid(boolean refuses) {
    refusesInvalid = refuses;
  }

  private void make(List<Action> actions, Consumption consumption, long now) {
    List<Outcome> outcomes = actions.stream().map(this::workOut).toList();
    if (refusesInvalid && outcomes.stream().anyMatch(outcome -> outcome.write() == null)) {
      throw validation("an item of the transaction is invalid");
    }
    boolean holds = outcomes.stream().allMatch(outcome -> outcome.reason().equals(NONE));
    List<List<Charge>> charges = outcomes.stream().map(each -> charges(each, holds)).toList();
    var throttle = admission.take(charges.stream().flatMap(List::stream).toList(), now);
    if (!holds || throttle != null) {
      List<CancellationReason> reasons = new ArrayList<>(actions.size());
      for (int i = 0; i < actions.size(); i++) {
        reasons.add(
            throttle != null && isThrottled(charges.get(i), throttle)
                ? reason(throttle.statementCode().toString())
                : outcomes.get(i).reason());
      }
      throw ServiceErrors.cancelled(reasons);
    }
    charges.forEach(each -> each.forEach(consumption::add));
    outcomes.forEach(outcome -> requireNonNull(outcome.write()).apply(now));
  }

  private Outcome workOut(Action action) {
    if (action.write() == null) {
      return new Outcome(null, reason("ValidationError"));
    }
    try {
      var write = planner.plan(action.write());
      return new Outcome(write, write.holds() ? NONE : conditionFailed(write, action.onFailure()));
    } catch (DynamoDbException e) {
      return new Outcome(null, reason("ValidationError"));
    }
  }

  /** Nothing is written to an index if one action cannot be made. */
  private static List<Charge> charges(Outcome outcome, boolean holds) {
    var write = outcome.write();
    if (write == null) {
      return List.of();
    }
    return holds ? write.charges(FACTOR) : List.of(write.charge(FACTOR));
  }

  private static boolean isThrottled(List<Charge> charges, Throttle throttle) {
    return charges.stream().anyMatch(charge -> charge.resource().equals(throttle.resource()));
  }

  private List<Action> check(List<TransactWriteItem> items) {
    if (items.isEmpty() || items.size() > MOST_ACTIONS) {
      throw validation("a transaction of " + items.size() + " actions");
    }
    List<Action> actions = new ArrayList<>(items.size());
    Set<Place> places = new HashSet<>();
    long bytes = 0;
    for (var item : Members.present(items, "TransactItems")) {
      var action = check(item);
      var write = action.write();
      if (write != null && !places.add(new Place(write.table(), write.key()))) {
        throw validation("one item twice in a transaction");
      }
      bytes += action.parsed().bytes();
      actions.add(action);
    }
    if (bytes > MOST_BYTES) {
      throw validation("a transaction of " + bytes + " bytes");
    }
    return actions;
  }

  private Action check(TransactWriteItem item) {
    List<Action> actions = new ArrayList<>(1);
    if (item.put() != null) {
      var put = item.put();
      actions.add(action(WriteOrder.of(put), put.returnValuesOnConditionCheckFailure()));
    }
    if (item.update() != null) {
      var update = item.update();
      if (update.updateExpression() == null) {
        throw validation("an update needs an expression");
      }
      actions.add(action(WriteOrder.of(update), update.returnValuesOnConditionCheckFailure()));
    }
    if (item.delete() != null) {
      var delete = item.delete();
      actions.add(action(WriteOrder.of(delete), delete.returnValuesOnConditionCheckFailure()));
    }
    if (item.conditionCheck() != null) {
      var check = item.conditionCheck();
      actions.add(action(WriteOrder.of(check), check.returnValuesOnConditionCheckFailure()));
    }
    if (actions.size() != 1) {
      throw validation("an action is one put, update, delete or check");
    }
    return actions.get(0);
  }

  private Action action(WriteOrder order, @Nullable ReturnValuesOnConditionCheckFailure onFailure) {
    Members.known(onFailure, "ReturnValuesOnConditionCheckFailure");
    var parsed = planner.parse(order);
    try {
      return new Action(parsed, planner.locate(parsed), onFailure);
    } catch (DynamoDbException e) {
      return new Action(parsed, null, onFailure);
    }
  }

  private static CancellationReason conditionFailed(
      PlannedWrite write, @Nullable ReturnValuesOnConditionCheckFailure onFailure) {
    var reason = reason("ConditionalCheckFailed");
    return onFailure == ReturnValuesOnConditionCheckFailure.ALL_OLD && write.old() != null
        ? reason.toBuilder().item(write.old()).build()
        : reason;
  }

  private static CancellationReason reason(String code) {
    return CancellationReason.builder().code(code).message(code).build();
  }
}
