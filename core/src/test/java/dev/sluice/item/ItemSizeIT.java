package dev.sluice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.InvalidWriteException;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * Our stored size is the service's: an item padded to a whole number of kilobytes costs so many
 * write units, and one byte more costs one more. So an error of a single byte shows.
 *
 * <p>{@code -Dsluice.sizes.seed=N -Dsluice.sizes.count=N} runs other items, or more.
 */
@Timeout(600)
@ExtendWith(EmbeddedServers.class)
class ItemSizeIT {
  private static final int UNIT = 1024;
  private static final int AT_ONCE = 31;
  private static final long SEED = Long.getLong("sluice.sizes.seed", 101);
  private static final int COUNT =
      Integer.getInteger("sluice.sizes.count", Boolean.getBoolean("sluice.full") ? 5_003 : 401);

  private record Asked(
      Map<String, AttributeValue> bare, int units, CompletableFuture<PutItemResponse> reply) {}

  private final EmbeddedDynamoDb dynamo;
  private final Queue<Asked> asked = new ArrayDeque<>();
  private int keys;
  private int compared;

  ItemSizeIT(EmbeddedDynamoDb dynamo) {
    this.dynamo = dynamo;
  }

  /** Pads an item to a whole number of units, and asks what it costs, and with a byte more. */
  private void compare(Map<String, AttributeValue> bare) {
    Map<String, AttributeValue> item = new HashMap<>(bare);
    item.put("pk", AttributeValue.fromS("k".repeat(8)));
    item.put("pad", AttributeValue.fromS(""));
    long size = ItemSize.of(item).stored();
    int units = (int) (size / UNIT) + 1;
    int pad = (int) ((long) units * UNIT - size);
    ask(bare, item, pad, units);
    ask(bare, item, pad + 1, units + 1);
  }

  private void ask(
      Map<String, AttributeValue> bare, Map<String, AttributeValue> padded, int pad, int units) {
    Map<String, AttributeValue> item = new HashMap<>(padded);
    // A key of its own each time, since replacing a larger item costs what that one did.
    item.put("pk", AttributeValue.fromS("k%07d".formatted(keys++)));
    item.put("pad", AttributeValue.fromS("x".repeat(pad)));
    if (asked.size() == AT_ONCE) {
      checkOne();
    }
    CompletableFuture<PutItemResponse> reply =
        dynamo
            .client()
            .putItem(
                put ->
                    put.tableName("sizes")
                        .item(item)
                        .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
    asked.add(new Asked(bare, units, reply));
  }

  private void checkOne() {
    Asked one = asked.remove();
    assertThat(one.reply.join().consumedCapacity().capacityUnits())
        .as("%s (seed %d)", one.bare, SEED)
        .isEqualTo(one.units);
    compared++;
  }

  private int compareAll(List<Map<String, AttributeValue>> items) {
    dynamo.createTable("sizes", KeyAttribute.string("pk"));
    try {
      items.forEach(this::compare);
      while (!asked.isEmpty()) {
        checkOne();
      }
    } finally {
      dynamo.deleteTable("sizes");
    }
    return compared;
  }

  private static List<AttributeValue> oneOfEach() {
    List<AttributeValue> values = new ArrayList<>();
    for (String text :
        List.of(
            "", "a", "\u007f", "\u0080", "\u07ff", "\u0800", "\uffff", "köln 😀", "\"\\\n\u0001")) {
      values.add(AttributeValue.fromS(text));
    }
    for (String number :
        List.of(
            "0",
            "-0",
            "0.000",
            "0E7",
            "0E-99999999",
            "1E0000000002",
            ".5",
            "5.",
            "1.E2",
            "7",
            "-7",
            "+7",
            "12",
            "123",
            "-123",
            "1200",
            "100",
            "1000",
            "0.0012",
            "-0.5",
            "2.5",
            "1.23",
            "0007",
            "7.000",
            "1E100",
            "12E21",
            "-12E22",
            "1e+2",
            "12345678901",
            "9.9999999999999999999999999999999999999E+125",
            "-9.9999999999999999999999999999999999999E+125",
            "1E-130",
            "-1E-130",
            "12345678901234567890123456789012345678",
            "-9999999999999999999999999999999999999.9",
            "-12345678901234567890123456789012345678E1",
            "0.12345678901234567890123456789012345678",
            "1.2345678901234567890123456789012345678")) {
      values.add(AttributeValue.fromN(number));
    }
    values.add(AttributeValue.fromB(SdkBytes.fromByteArray(new byte[0])));
    values.add(AttributeValue.fromB(SdkBytes.fromByteArray(new byte[101])));
    values.add(AttributeValue.fromBool(true));
    values.add(AttributeValue.fromBool(false));
    values.add(AttributeValue.fromNul(true));
    values.add(AttributeValue.fromSs(List.of("a", "bcd", "")));
    values.add(AttributeValue.fromNs(List.of("1", "-23", "0", "2.5")));
    values.add(
        AttributeValue.fromBs(
            List.of(SdkBytes.fromUtf8String(""), SdkBytes.fromByteArray(new byte[7]))));
    values.add(AttributeValue.fromL(List.of()));
    values.add(AttributeValue.fromM(Map.of()));
    return values;
  }

  @Test
  void eachTypeByItselfAndInsideOthersCostsWhatItsSizeSays() {
    List<Map<String, AttributeValue>> items = new ArrayList<>();
    for (AttributeValue value : oneOfEach()) {
      items.add(Map.of("größe", value));
      items.add(Map.of("list", AttributeValue.fromL(List.of(value, value))));
      items.add(Map.of("map", AttributeValue.fromM(Map.of("näme", value, "b", value))));
    }
    for (int depth : List.of(1, 2, 30, 31)) {
      items.add(Map.of("list", lists(depth), "map", maps(depth)));
    }

    assertThat(compareAll(items)).isEqualTo(2 * items.size());
  }

  private static AttributeValue lists(int depth) {
    return depth == 0 ? AttributeValue.fromS("x") : AttributeValue.fromL(List.of(lists(depth - 1)));
  }

  private static AttributeValue maps(int depth) {
    return depth == 0
        ? AttributeValue.fromN("-12.5")
        : AttributeValue.fromM(Map.of("k", maps(depth - 1)));
  }

  private static AttributeValue around(int depth, AttributeValue innermost) {
    return depth == 0 ? innermost : AttributeValue.fromL(List.of(around(depth - 1, innermost)));
  }

  @Test
  void whatIsTooDeepForTheServiceIsTooDeepHere() {
    dynamo.createTable("sizes", KeyAttribute.string("pk"));
    try {
      AttributeValue scalar = AttributeValue.fromNul(true);
      AttributeValue empty = AttributeValue.fromM(Map.of());
      assertAgreed(around(31, scalar), true);
      assertAgreed(around(32, scalar), false);
      assertAgreed(around(30, empty), true);
      assertAgreed(around(31, empty), false);
      assertAgreed(maps(31), true);
      assertAgreed(maps(32), false);
      assertAgreed(AttributeValue.fromNul(false), false);
    } finally {
      dynamo.deleteTable("sizes");
    }
  }

  private void assertAgreed(AttributeValue value, boolean taken) {
    Map<String, AttributeValue> item = Map.of("pk", AttributeValue.fromS("k"), "v", value);
    var put = dynamo.client().putItem(request -> request.tableName("sizes").item(item));
    if (taken) {
      assertThat(ItemSize.of(item).stored()).isPositive();
      assertThat(put).succeedsWithin(Duration.ofMinutes(1));
    } else {
      assertThatThrownBy(() -> ItemSize.of(item)).isInstanceOf(InvalidWriteException.class);
      assertThat(put)
          .failsWithin(Duration.ofMinutes(1))
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(DynamoDbException.class);
    }
  }

  @Test
  void generatedItemsCostWhatTheirSizesSay() {
    Corpus corpus = new Corpus(SEED);
    List<Map<String, AttributeValue>> items = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      items.add(corpus.item());
    }

    assertThat(compareAll(items)).isEqualTo(2 * COUNT);
  }
}
