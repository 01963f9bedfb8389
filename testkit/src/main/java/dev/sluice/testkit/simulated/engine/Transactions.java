package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.NotSimulatedError.refuseIf;
import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.throughput.Admission;
import dev.sluice.testkit.simulated.throughput.Charge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ReturnItemCollectionMetrics;
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

  private record Action(
      Planner.Checked write, @Nullable ReturnValuesOnConditionCheckFailure onFailure) {}

  private record Place(Table table, ItemKey key) {}

  private final Planner planner;
  private final Admission admission;
  private final RequestTokens tokens = new RequestTokens();

  Transactions(Planner planner, Admission admission) {
    this.planner = planner;
    this.admission = admission;
  }

  TransactWriteItemsResponse write(TransactWriteItemsRequest request, long now) {
    refuseIf(
        request.returnItemCollectionMetrics() != null
            && request.returnItemCollectionMetrics() != ReturnItemCollectionMetrics.NONE,
        "ReturnItemCollectionMetrics");
    var actions = check(request.transactItems());
    var consumption = new Consumption(request.returnConsumedCapacity());
    if (!tokens.isRepeated(request, now)) {
      make(actions, consumption, now);
      tokens.remember(request, now);
    }
    return TransactWriteItemsResponse.builder().consumedCapacity(consumption.byTable()).build();
  }

  private void make(List<Action> actions, Consumption consumption, long now) {
    List<PlannedWrite> writes = new ArrayList<>(actions.size());
    List<CancellationReason> reasons = new ArrayList<>(Collections.nCopies(actions.size(), NONE));
    for (int i = 0; i < actions.size(); i++) {
      try {
        var write = planner.plan(actions.get(i).write());
        writes.add(write);
        if (!write.holds()) {
          reasons.set(i, conditionFailed(write, actions.get(i).onFailure()));
        }
      } catch (DynamoDbException e) {
        reasons.set(i, reason("ValidationError"));
      }
    }
    List<Charge> charges = writes.stream().map(write -> write.charge(FACTOR)).toList();
    var throttle = admission.take(charges, now);
    if (throttle != null) {
      for (int i = 0; i < charges.size(); i++) {
        if (charges.get(i).table().equals(throttle.table())) {
          reasons.set(i, reason(throttle.statementCode().toString()));
        }
      }
    }
    if (reasons.stream().anyMatch(reason -> !reason.equals(NONE))) {
      throw ServiceErrors.cancelled(reasons);
    }
    charges.forEach(consumption::add);
    writes.forEach(write -> write.apply(now));
  }

  private List<Action> check(List<TransactWriteItem> items) {
    if (items.isEmpty() || items.size() > MOST_ACTIONS) {
      throw validation("a transaction of " + items.size() + " actions");
    }
    List<Action> actions = new ArrayList<>(items.size());
    Set<Place> places = new HashSet<>();
    long bytes = 0;
    for (var item : items) {
      var action = check(item);
      var write = action.write();
      if (!places.add(new Place(write.table(), write.key()))) {
        throw validation("one item twice in a transaction");
      }
      bytes += write.put() == null ? 0 : write.put().bytes();
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
      actions.add(
          new Action(
              planner.check(WriteOrder.of(item.put())),
              item.put().returnValuesOnConditionCheckFailure()));
    }
    if (item.update() != null) {
      if (item.update().updateExpression() == null) {
        throw validation("an update needs an expression");
      }
      actions.add(
          new Action(
              planner.check(WriteOrder.of(item.update())),
              item.update().returnValuesOnConditionCheckFailure()));
    }
    if (item.delete() != null) {
      actions.add(
          new Action(
              planner.check(WriteOrder.of(item.delete())),
              item.delete().returnValuesOnConditionCheckFailure()));
    }
    if (item.conditionCheck() != null) {
      actions.add(
          new Action(
              planner.check(WriteOrder.of(item.conditionCheck())),
              item.conditionCheck().returnValuesOnConditionCheckFailure()));
    }
    if (actions.size() != 1) {
      throw validation("an action is one put, update, delete or check");
    }
    return actions.get(0);
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
