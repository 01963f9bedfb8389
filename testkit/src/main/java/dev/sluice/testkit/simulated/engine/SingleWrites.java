package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.NotSimulatedError.refuseIf;
import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import dev.sluice.testkit.simulated.throughput.Admission;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnItemCollectionMetrics;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** {@code PutItem}, {@code UpdateItem} and {@code DeleteItem}. */
final class SingleWrites {

  private final Planner planner;
  private final Admission admission;

  SingleWrites(Planner planner, Admission admission) {
    this.planner = planner;
    this.admission = admission;
  }

  PutItemResponse put(PutItemRequest request, long now) {
    refuseIf(request.hasExpected() || request.conditionalOperator() != null, "Expected");
    refuseMetrics(request.returnItemCollectionMetrics());
    var write = planner.plan(WriteOrder.of(request));
    boolean old = wantsOld(request.returnValues());
    var consumption = new Consumption(request.returnConsumedCapacity());
    make(write, request.returnValuesOnConditionCheckFailure(), consumption, now);
    var response = PutItemResponse.builder().consumedCapacity(consumption.single());
    if (old && write.old() != null) {
      response.attributes(write.old());
    }
    return response.build();
  }

  DeleteItemResponse delete(DeleteItemRequest request, long now) {
    refuseIf(request.hasExpected() || request.conditionalOperator() != null, "Expected");
    refuseMetrics(request.returnItemCollectionMetrics());
    var write = planner.plan(WriteOrder.of(request));
    boolean old = wantsOld(request.returnValues());
    var consumption = new Consumption(request.returnConsumedCapacity());
    make(write, request.returnValuesOnConditionCheckFailure(), consumption, now);
    var response = DeleteItemResponse.builder().consumedCapacity(consumption.single());
    if (old && write.old() != null) {
      response.attributes(write.old());
    }
    return response.build();
  }

  UpdateItemResponse update(UpdateItemRequest request, long now) {
    refuseIf(request.hasExpected() || request.conditionalOperator() != null, "Expected");
    refuseIf(request.hasAttributeUpdates(), "AttributeUpdates");
    refuseMetrics(request.returnItemCollectionMetrics());
    var write = planner.plan(WriteOrder.of(request));
    var consumption = new Consumption(request.returnConsumedCapacity());
    make(write, request.returnValuesOnConditionCheckFailure(), consumption, now);
    var response = UpdateItemResponse.builder().consumedCapacity(consumption.single());
    var returned = returned(request.returnValues(), write);
    if (returned != null) {
      response.attributes(returned);
    }
    return response.build();
  }

  private void make(
      PlannedWrite write,
      @Nullable ReturnValuesOnConditionCheckFailure onFailure,
      Consumption consumption,
      long now) {
    Members.known(onFailure, "ReturnValuesOnConditionCheckFailure");
    var charges = write.charges(1);
    var throttle = admission.take(charges, now);
    if (throttle != null) {
      throw throttle.exception();
    }
    if (!write.holds()) {
      boolean old = onFailure == ReturnValuesOnConditionCheckFailure.ALL_OLD;
      throw ServiceErrors.conditionFailed(old ? write.old() : null);
    }
    charges.forEach(consumption::add);
    write.apply(now);
  }

  private static boolean wantsOld(@Nullable ReturnValue values) {
    if (values != null && values != ReturnValue.NONE && values != ReturnValue.ALL_OLD) {
      throw validation("this operation has no ReturnValues " + values);
    }
    return values == ReturnValue.ALL_OLD;
  }

  private static @Nullable Map<String, AttributeValue> returned(
      @Nullable ReturnValue values, PlannedWrite write) {
    var before = write.old();
    var after = write.after() == null ? null : write.after().attributes();
    return switch (values == null ? ReturnValue.NONE : values) {
      case ALL_OLD -> before;
      case ALL_NEW -> after;
      case UPDATED_OLD -> touched(write, before);
      case UPDATED_NEW -> touched(write, after);
      case NONE -> null;
      case UNKNOWN_TO_SDK_VERSION -> throw validation("there are no such ReturnValues");
    };
  }

  private static @Nullable Map<String, AttributeValue> touched(
      PlannedWrite write, @Nullable Map<String, AttributeValue> item) {
    var update = write.update();
    if (update == null || item == null) {
      return null;
    }
    var touched = update.expression().touched(item, update.placeholders());
    return touched.isEmpty() ? null : touched;
  }

  static void refuseMetrics(@Nullable ReturnItemCollectionMetrics metrics) {
    Members.known(metrics, "ReturnItemCollectionMetrics");
    refuseIf(
        metrics != null && metrics != ReturnItemCollectionMetrics.NONE,
        "ReturnItemCollectionMetrics");
  }
}
