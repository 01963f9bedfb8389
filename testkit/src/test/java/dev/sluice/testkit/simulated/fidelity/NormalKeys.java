package dev.sluice.testkit.simulated.fidelity;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items with the numbers in their keys written the one way that DynamoDB writes them. */
final class NormalKeys {

  private NormalKeys() {}

  static Map<String, AttributeValue> of(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> normal = new LinkedHashMap<>();
    item.forEach(
        (name, value) ->
            normal.put(
                name,
                value.n() == null || !Set.of("pk", "sk").contains(name)
                    ? value
                    : AttributeValue.fromN(
                        new BigDecimal(value.n()).stripTrailingZeros().toPlainString())));
    return normal;
  }
}
