package dev.sluice.item;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * Our stored size is the service's: an item padded to a whole number of kilobytes costs so many
 * write units, and one byte more costs one more.
 */
@Timeout(120)
@ExtendWith(EmbeddedServers.class)
class ItemSizeIT {
  private static final int UNIT = 1024;

  private final EmbeddedDynamoDb dynamo;
  private int keys;

  ItemSizeIT(EmbeddedDynamoDb dynamo) {
    this.dynamo = dynamo;
  }

  private double units(Map<String, AttributeValue> item) {
    // A key of its own each time, since replacing a larger item costs what that one did.
    item.put("pk", AttributeValue.fromS("k%07d".formatted(keys++)));
    return dynamo
        .client()
        .putItem(
            put ->
                put.tableName("sizes")
                    .item(item)
                    .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL))
        .join()
        .consumedCapacity()
        .capacityUnits();
  }

  private void assertMeasuredAsTheServiceDoes(Map<String, AttributeValue> bare) {
    Map<String, AttributeValue> item = new HashMap<>(bare);
    item.put("pk", AttributeValue.fromS("k".repeat(8)));
    item.put("pad", AttributeValue.fromS(""));
    long size = ItemSize.of(item).stored();
    int units = (int) (size / UNIT) + 1;
    int pad = (int) ((long) units * UNIT - size);
    item.put("pad", AttributeValue.fromS("x".repeat(pad)));
    assertThat(units(item)).as("%s", bare).isEqualTo(units);
    item.put("pad", AttributeValue.fromS("x".repeat(pad + 1)));
    assertThat(units(item)).as("one byte more than %s", bare).isEqualTo(units + 1);
  }

  @Test
  void eachTypeAndRandomMixesOfThem() {
    dynamo.createTable("sizes", KeyAttribute.string("pk"));
    List<AttributeValue> values = new ArrayList<>();
    for (String text : List.of("", "a", "köln 😀")) {
      values.add(AttributeValue.fromS(text));
    }
    for (String number :
        List.of(
            "0",
            "7",
            "-7",
            "12",
            "123",
            "-123",
            "1200",
            "0.0012",
            "-0.5",
            "1E100",
            "12345678901",
            "2.5",
            "12E21",
            "-12E22",
            "1.23")) {
      values.add(AttributeValue.fromN(number));
    }
    values.add(AttributeValue.fromB(SdkBytes.fromByteArray(new byte[101])));
    values.add(AttributeValue.fromBool(true));
    values.add(AttributeValue.fromNul(true));
    values.add(AttributeValue.fromSs(List.of("a", "bcd")));
    values.add(AttributeValue.fromNs(List.of("1", "-23")));
    values.add(AttributeValue.fromL(List.of()));
    values.add(AttributeValue.fromM(Map.of()));
    for (AttributeValue value : List.copyOf(values)) {
      assertMeasuredAsTheServiceDoes(Map.of("größe", value));
      values.add(AttributeValue.fromL(List.of(value, value)));
      values.add(AttributeValue.fromM(Map.of("name", value)));
    }
    values.stream().skip(21).forEach(v -> assertMeasuredAsTheServiceDoes(Map.of("v", v)));
    SplittableRandom random = new SplittableRandom(101);
    for (int i = 0; i < 53; i++) {
      Map<String, AttributeValue> mix = new HashMap<>();
      IntStream.range(0, random.nextInt(13))
          .forEach(n -> mix.put("a" + n, values.get(random.nextInt(values.size()))));
      assertMeasuredAsTheServiceDoes(mix);
    }
  }
}
