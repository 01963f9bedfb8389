package dev.sluice.testkit.simulated.fidelity;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Keys with their numbers written the one way that DynamoDB writes them. */
final class StoredItemForm {

  private StoredItemForm() {}

  static Map<String, AttributeValue> normal(Map<String, AttributeValue> key) {
    Map<String, AttributeValue> normal = new LinkedHashMap<>();
    key.forEach(
        (name, value) ->
            normal.put(
                name,
                value.n() == null
                    ? value
                    : AttributeValue.fromN(
                        new BigDecimal(value.n()).stripTrailingZeros().toPlainString())));
    return normal;
  }
}
